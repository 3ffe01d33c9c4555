package io.sluice.hub.log;

import java.nio.ByteBuffer;

/** What an idempotency key stands for on disk. Its epoch is the log's. */
record KeyUse(long offset, long timeMillis, long fingerprint, long expiresMillis) {
    private static final byte VERSION = 1;

    byte[] encode() {
        return ByteBuffer.allocate(33)
                .put(VERSION)
                .putLong(offset)
                .putLong(timeMillis)
                .putLong(fingerprint)
                .putLong(expiresMillis)
                .array();
    }

    static KeyUse decode(byte[] encoded) {
        var in = ByteBuffer.wrap(encoded);
        if (in.get() != VERSION) {
            throw new StoreFailed("an idempotency key has an unknown version");
        }
        return new KeyUse(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }
}
