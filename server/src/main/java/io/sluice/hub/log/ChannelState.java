package io.sluice.hub.log;

import java.nio.ByteBuffer;

/**
 * What is stored of a channel besides its publications.
 *
 * @param bytes the weight of all publications from oldest to newest
 * @param newestMillis when the newest was appended
 */
record ChannelState(long oldest, long newest, long bytes, long newestMillis) {
    static final ChannelState EMPTY = new ChannelState(1, 0, 0, 0);

    private static final byte VERSION = 1;

    byte[] encode() {
        return ByteBuffer.allocate(33)
                .put(VERSION)
                .putLong(oldest)
                .putLong(newest)
                .putLong(bytes)
                .putLong(newestMillis)
                .array();
    }

    static ChannelState decode(byte[] encoded) {
        var in = ByteBuffer.wrap(encoded);
        if (in.get() != VERSION) {
            throw new StoreFailed("a channel's state has an unknown version");
        }
        return new ChannelState(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
}
