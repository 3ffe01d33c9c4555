package io.sluice.hub.log;

import io.sluice.hub.ChannelLog.Batch;
import io.sluice.hub.HotTail;
import io.sluice.hub.Publication;
import io.sluice.hub.log.ColdBlocks.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * One read under way: block by block through the store until the tail takes over or a limit is reached. One thread at a
 * time; where a block is at hand it goes on at once, without a stack frame per block.
 */
final class ColdRead {
    private final DiskChannelLog log;
    private final ColdBlocks blocks;
    private final HotTail tail;
    private final int limit;
    private final int maxBytes;
    private final Consumer<Batch> batch;
    private final List<Publication> found = new ArrayList<>();
    private long bytes;
    private long next;
    private long blockStart;

    ColdRead(DiskChannelLog log, ColdBlocks blocks, HotTail tail, int limit, int maxBytes, Consumer<Batch> batch) {
        this.log = log;
        this.blocks = blocks;
        this.tail = tail;
        this.limit = limit;
        this.maxBytes = maxBytes;
        this.batch = batch;
    }

    void from(long after) {
        if (after >= log.newest()) {
            finish();
            return;
        }
        next = Math.max(after + 1, log.oldest());
        blockStart = ColdBlocks.alignedTo(next);
        proceed();
    }

    private void proceed() {
        while (true) {
            long newest = log.newest();
            if (next > newest || found.size() >= limit) {
                finish();
                return;
            }
            if (tail.peek(next) != null) {
                TailReads.collect(tail, next, newest, limit, maxBytes, found);
                if (!found.isEmpty()) {
                    finish();
                    return;
                }
            }
            var block = block(newest);
            if (!block.isDone()) {
                block.whenComplete((loaded, failure) -> goOn(block));
                return;
            }
            if (!take(block)) {
                return;
            }
        }
    }

    /** With the block that was waited for: one that is too large to be kept is not here any more. */
    private void goOn(CompletableFuture<Block> block) {
        if (take(block)) {
            proceed();
        }
    }

    private CompletableFuture<Block> block(long newest) {
        try {
            return blocks.get(log.name(), log.epoch(), blockStart, newest);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(new StoreFailed("too many reads wait", full));
        }
    }

    /** Takes what fits out of a loaded block; false when the read has been answered. */
    private boolean take(CompletableFuture<Block> loaded) {
        if (loaded.isCompletedExceptionally()) {
            var why = String.valueOf(loaded.exceptionNow().getMessage());
            batch.accept(new Batch.Failed(DiskChannelLog.unreadable(why)));
            return false;
        }
        var block = loaded.resultNow();
        while (next <= block.end()) {
            if (found.size() >= limit) {
                finish();
                return false;
            }
            var publication = block.at(next);
            if (publication == null) {
                return missing();
            }
            bytes += publication.weight();
            if (bytes > maxBytes && !found.isEmpty()) {
                finish();
                return false;
            }
            found.add(publication);
            next++;
        }
        moveOn(block);
        return true;
    }

    /** A block that something can be added to serves others until what is needed is behind it, and cold. */
    private void moveOn(Block block) {
        if (block.complete()) {
            blockStart = block.end() + 1;
        } else if (next <= log.newest() && tail.peek(next) == null) {
            blocks.forget(log.name(), log.epoch(), block);
        }
    }

    /** The store has no {@code next}: it left meanwhile, which the log knows, or the store is damaged. */
    private boolean missing() {
        if (!found.isEmpty()) {
            finish();
            return false;
        }
        if (next >= log.oldest()) {
            batch.accept(new Batch.Failed(DiskChannelLog.unreadable("publication " + next + " is missing")));
            return false;
        }
        next = log.oldest();
        blockStart = ColdBlocks.alignedTo(next);
        return true;
    }

    private void finish() {
        batch.accept(new Batch.Found(found));
    }
}
