package io.sluice.hub.log;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Publication;
import io.sluice.hub.log.Store.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Publications read back from the store, in blocks of {@value #SPAN} aligned offsets, so that many readers of one cold range
 * cost one read and share one encoding. Equal reads under way are joined. Bounded by weight; a block that leaves gives its
 * publications' encodings back. Thread-safe; loads run on the executor given.
 */
final class ColdBlocks {
    static final int SPAN = 128;
    /** A block ends early beyond this weight, so that large publications do not make it huge. */
    private static final long MAX_BLOCK_BYTES = 4 << 20;

    private record Start(ChannelName channel, long epoch, long offset) {}

    private final Store store;
    private final Executor reader;
    private final AsyncCache<Start, Block> blocks;

    /** @param maxBytes payload weight of all blocks; their encodings count as much again and are included */
    ColdBlocks(Store store, Executor reader, long maxBytes) {
        this.store = store;
        this.reader = reader;
        this.blocks = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Start start, Block block) -> block.weight())
                .executor(Runnable::run)
                .removalListener((@Nullable Start start, @Nullable Block block, RemovalCause cause) -> {
                    if (block != null) {
                        block.publications.forEach(Publication::release);
                    }
                })
                .buildAsync();
    }

    /** The first offset of the block that {@code offset} is in. */
    static long alignedTo(long offset) {
        return offset & -SPAN;
    }

    /** The block that begins at {@code start}, read up to {@code newest} if it is not here. */
    CompletableFuture<Block> get(ChannelName channel, long epoch, long start, long newest) {
        return blocks.get(
                new Start(channel, epoch, start),
                (key, executor) -> CompletableFuture.supplyAsync(() -> load(key, newest), reader));
    }

    /** Drops a block that was read before its last publications existed. */
    void forget(ChannelName channel, long epoch, Block block) {
        var key = new Start(channel, epoch, block.start);
        var present = blocks.getIfPresent(key);
        if (present != null && present.state() == Future.State.SUCCESS && present.resultNow() == block) {
            blocks.asMap().remove(key, present);
        }
    }

    /** Drops every block. */
    void close() {
        blocks.synchronous().invalidateAll();
    }

    private Block load(Start start, long newest) {
        long alignedEnd = alignedTo(start.offset) + SPAN - 1;
        long last = Math.min(alignedEnd, newest);
        var found = new ArrayList<Publication>();
        var weight = new long[1];
        var channel = StoreKeys.channel(start.channel);
        store.scan(
                Family.PUBLICATIONS,
                StoreKeys.publication(channel, start.offset),
                StoreKeys.publication(channel, last + 1),
                (key, value) -> {
                    long offset = StoreKeys.offset(key);
                    var publication = PublicationFormat.decode(start.channel, start.epoch, offset, value);
                    found.add(publication);
                    weight[0] += publication.weight();
                    return weight[0] < MAX_BLOCK_BYTES;
                });
        boolean cutShort = weight[0] >= MAX_BLOCK_BYTES;
        long end = cutShort ? found.getLast().offset() : last;
        return new Block(start.offset, end, cutShort || end == alignedEnd, List.copyOf(found), weight[0]);
    }

    /**
     * What the store holds from {@code start} to {@code end}: publications that were there, in order.
     *
     * @param complete whether nothing can be added any more
     */
    record Block(long start, long end, boolean complete, List<Publication> publications, long bytes) {
        private static final int OVERHEAD = 512;

        /** The publication at {@code offset}, or null when the store has none. */
        @Nullable
        Publication at(long offset) {
            if (publications.isEmpty()) {
                return null;
            }
            long index = offset - publications.getFirst().offset();
            // Without a hole it is there; behind one it is before that.
            for (int i = (int) Math.min(index, publications.size() - 1); i >= 0; i--) {
                var publication = publications.get(i);
                if (publication.offset() <= offset) {
                    return publication.offset() == offset ? publication : null;
                }
            }
            return null;
        }

        int weight() {
            return (int) Math.min(Integer.MAX_VALUE, OVERHEAD + 2 * bytes);
        }
    }
}
