package io.sluice.hub.log;

import io.sluice.hub.log.Store.Family;

/**
 * Weight and time of the oldest publications of a channel that are not in memory: what eviction has to know. Read {@value
 * #SPAN} at a time, so that an eviction costs the same however long the log is. Belongs to the writer's turn.
 */
final class OldestWindow {
    static final int SPAN = 128;

    /** What eviction knows of a publication. */
    record Entry(long weight, long timeMillis) {}

    private static final Entry MISSING = new Entry(0, 0);

    private final long first;
    private final Entry[] entries;

    private OldestWindow(long first, Entry[] entries) {
        this.first = first;
        this.entries = entries;
    }

    static OldestWindow load(Store store, DiskChannelLog log, long first, long newest) {
        var entries = new Entry[(int) Math.min(SPAN, newest + 1 - first)];
        java.util.Arrays.fill(entries, MISSING);
        store.scan(
                Family.PUBLICATIONS,
                StoreKeys.publication(log.key(), first),
                StoreKeys.publication(log.key(), first + entries.length),
                (key, value) -> {
                    long offset = StoreKeys.offset(key);
                    var publication = PublicationFormat.decode(log.name(), log.epoch(), offset, value);
                    entries[(int) (offset - first)] = new Entry(publication.weight(), publication.timeMillis());
                    return true;
                });
        return new OldestWindow(first, entries);
    }

    boolean covers(long offset) {
        return offset >= first && offset < first + entries.length;
    }

    Entry at(long offset) {
        return entries[(int) (offset - first)];
    }
}
