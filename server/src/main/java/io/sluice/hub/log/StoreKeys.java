package io.sluice.hub.log;

import io.sluice.hub.ChannelName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How keys are laid out. A channel name holds no zero byte, so {@code name 0 rest} keeps each channel's entries together and
 * sorts offsets, which are big endian.
 */
final class StoreKeys {
    private StoreKeys() {}

    static byte[] channel(ChannelName channel) {
        return channel.value().getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] publication(byte[] channel, long offset) {
        return ByteBuffer.allocate(channel.length + 9)
                .put(channel)
                .put((byte) 0)
                .putLong(offset)
                .array();
    }

    /** The offset in a publication's key. */
    static long offset(byte[] publicationKey) {
        return ByteBuffer.wrap(publicationKey).getLong(publicationKey.length - 8);
    }

    /** A channel's idempotency key. */
    static byte[] within(byte[] channel, String name) {
        var text = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(channel.length + 1 + text.length)
                .put(channel)
                .put((byte) 0)
                .put(text)
                .array();
    }

    static byte[] expiry(long expiresMillis, byte[] key) {
        return ByteBuffer.allocate(8 + key.length)
                .putLong(expiresMillis)
                .put(key)
                .array();
    }

    /** The key whose expiry {@code expiryKey} is. */
    static byte[] ofExpiry(byte[] expiryKey) {
        return java.util.Arrays.copyOfRange(expiryKey, 8, expiryKey.length);
    }

    /** The key of keyed state. */
    static byte[] text(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    /** The end of all keys that begin with {@code prefix}, which is not empty and does not end in 0xff. */
    static byte[] after(byte[] prefix) {
        var end = prefix.clone();
        end[end.length - 1]++;
        return end;
    }

    static byte[] note(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    static long number(byte[] value) {
        return ByteBuffer.wrap(value).getLong();
    }
}
