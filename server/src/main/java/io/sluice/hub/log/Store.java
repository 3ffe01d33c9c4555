package io.sluice.hub.log;

import org.jspecify.annotations.Nullable;

/**
 * The disk under {@link DiskLog}: ordered maps from bytes to bytes that are written in atomic batches. A test or a simulation
 * supplies its own.
 *
 * <p>{@link #write}, {@link #acknowledge} and {@link #revive} are called by one thread at a time; reads by any. Every method
 * may block and throws {@link StoreFailed} when the world fails it.
 */
interface Store extends AutoCloseable {
    /** The maps; keys of one are compared as unsigned bytes. */
    enum Family {
        /** The engine's own notes: format, boot, generations, commit counter. */
        ENGINE,
        /** Channel name to {@link ChannelState}. */
        CHANNELS,
        /** Channel and offset to a publication. */
        PUBLICATIONS,
        /** Channel and idempotency key to {@link KeyUse}. */
        KEYS,
        /** Expiry, channel and idempotency key, in order of expiry. */
        EXPIRIES,
        /** {@link io.sluice.hub.KeyedState.Kind#MARKERS}. */
        MARKERS,
        /** {@link io.sluice.hub.KeyedState.Kind#WEBHOOKS}. */
        WEBHOOKS
    }

    /** The highest commits that were acknowledged, as a memory apart from the maps tells: what must be found again. */
    record Acknowledged(long commit, long synced) {}

    /** Sees one entry; false ends the scan. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(byte[] key, byte[] value);
    }

    byte @Nullable [] get(Family family, byte[] key);

    /** Visits the keys from {@code from} up to but without {@code to}, in order. */
    void scan(Family family, byte[] from, byte[] to, Visitor visitor);

    /** The same from the end of the range backwards. */
    void scanBackwards(Family family, byte[] from, byte[] to, Visitor visitor);

    /** Writes all or nothing; survives the process, and with {@code sync} a power cut, once this returns. */
    void write(StoreBatch batch, boolean sync);

    /** What {@link #acknowledge} last kept, or null when that memory is gone. */
    @Nullable
    Acknowledged acknowledged();

    /** Notes that {@code commit} is about to be acknowledged. As durable as a write without {@code sync}. */
    void acknowledge(long commit, boolean synced);

    /** Tries to make a store writable again after a failed write; reads go on. */
    boolean revive();

    /** How many entries there are, roughly and at once. */
    long estimate(Family family);

    /** Room left for data, in bytes. */
    long usableBytes();

    @Override
    void close();
}
