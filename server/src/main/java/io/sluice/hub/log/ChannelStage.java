package io.sluice.hub.log;

import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import io.sluice.hub.log.Store.Family;
import java.util.ArrayList;
import java.util.List;

/**
 * What a turn makes of one channel, before it is written: nobody sees it until then, and a failed write throws it away. Belongs
 * to the writer's turn.
 */
final class ChannelStage {
    /** How many publications one append or sweep evicts at most; a shrunken limit is reached over several. */
    private static final int MAX_EVICTIONS = 16_384;
    /** Evicted publications are deleted in the store when there are this many, by one range deletion. */
    private static final int DELETE_TOGETHER = 256;

    private static final long DELETE_TOGETHER_BYTES = 1 << 20;

    private final DiskChannelLog log;
    private final List<Publication> added = new ArrayList<>();
    private long oldest;
    private long newest;
    private long bytes;
    private long newestMillis;
    private long floor;
    private long undeletedBytes;

    ChannelStage(DiskChannelLog log) {
        this.log = log;
        var state = log.state();
        this.oldest = state.oldest();
        this.newest = state.newest();
        this.bytes = state.bytes();
        this.newestMillis = state.newestMillis();
        this.floor = log.floor();
        this.undeletedBytes = log.undeletedBytes();
    }

    Position newest() {
        return new Position(log.epoch(), newest);
    }

    void add(Publication publication, StoreBatch batch) {
        newest = publication.offset();
        newestMillis = publication.timeMillis();
        bytes += publication.weight();
        added.add(publication);
        batch.put(Family.PUBLICATIONS, StoreKeys.publication(log.key(), newest), PublicationFormat.encode(publication));
        var settings = log.settings();
        int evictions = 0;
        while (evictions++ < MAX_EVICTIONS
                && oldest < newest
                && (newest + 1 - oldest > settings.maxMessages()
                        || bytes > settings.maxBytes().bytes())) {
            evictOldest();
        }
    }

    /** Evicts what was appended at or before {@code agedMillis}, up to {@code limit}; returns how many. */
    int evictAged(long agedMillis, int limit) {
        int evicted = 0;
        while (evicted < limit && oldest <= newest && entry(oldest).timeMillis() <= agedMillis) {
            evictOldest();
            evicted++;
        }
        return evicted;
    }

    private void evictOldest() {
        long weight = entry(oldest).weight();
        bytes -= weight;
        undeletedBytes += weight;
        oldest++;
    }

    private OldestWindow.Entry entry(long offset) {
        long visible = log.newest();
        if (offset <= visible) {
            return log.held(offset);
        }
        var own = added.get((int) (offset - visible - 1));
        return new OldestWindow.Entry(own.weight(), own.timeMillis());
    }

    /** Completes {@code batch}: deletes what readers no longer see, and stores the state. */
    void finish(StoreBatch batch) {
        long seen = log.oldest();
        if (seen - floor >= DELETE_TOGETHER || (undeletedBytes >= DELETE_TOGETHER_BYTES && seen > floor)) {
            batch.deleteRange(
                    Family.PUBLICATIONS,
                    StoreKeys.publication(log.key(), floor),
                    StoreKeys.publication(log.key(), seen));
            floor = seen;
            undeletedBytes = 0;
        }
        batch.put(Family.CHANNELS, log.key(), state().encode());
    }

    /** What takes this stage out of a store that may have written it although it said that it failed. */
    void undo(StoreBatch batch) {
        var before = log.state();
        if (newest > before.newest()) {
            batch.deleteRange(
                    Family.PUBLICATIONS,
                    StoreKeys.publication(log.key(), before.newest() + 1),
                    StoreKeys.publication(log.key(), newest + 1));
        }
        if (before.equals(ChannelState.EMPTY)) {
            batch.delete(Family.CHANNELS, log.key());
        } else {
            batch.put(Family.CHANNELS, log.key(), before.encode());
        }
    }

    ChannelState state() {
        return new ChannelState(oldest, newest, bytes, newestMillis);
    }

    DiskChannelLog log() {
        return log;
    }

    List<Publication> added() {
        return added;
    }

    long oldest() {
        return oldest;
    }

    long floor() {
        return floor;
    }

    long undeletedBytes() {
        return undeletedBytes;
    }
}
