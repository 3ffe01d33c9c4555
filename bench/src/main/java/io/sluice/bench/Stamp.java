package io.sluice.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The data of a benchmark's message: a JSON string that carries when it should have been sent and its sequence number, so
 * that a latency counts from the intended time and a loss or a swap is seen.
 */
public final class Stamp {
    /** Offset of the first time digit behind the marker's opening quote. */
    private static final int TIME_AT = 3;

    private static final int SEQUENCE_AT = TIME_AT + 16;
    /** The shortest data that holds a stamp. */
    static final int MIN_SIZE = SEQUENCE_AT + 8 + 1;

    private Stamp() {}

    /** A JSON string of {@code size} bytes with its quotes. */
    public static String data(long intendedNanos, int sequence, int size) {
        var hex = HexFormat.of();
        return "\"@@" + hex.toHexDigits(intendedNanos) + hex.toHexDigits(sequence) + "x".repeat(size - MIN_SIZE) + '"';
    }

    /** True when the data of a stamp begins at {@code at}. */
    static boolean isAt(ByteBuffer bytes, int at, int limit) {
        return at >= 0
                && at + MIN_SIZE <= limit
                && bytes.get(at) == '"'
                && bytes.get(at + 1) == '@'
                && bytes.get(at + 2) == '@';
    }

    /** Where the first stamp in the range begins, or -1. */
    public static int find(ByteBuffer bytes, int from, int limit) {
        for (int i = from; i + MIN_SIZE <= limit; i++) {
            if (isAt(bytes, i, limit)) {
                return i;
            }
        }
        return -1;
    }

    static long intendedNanos(ByteBuffer bytes, int at) {
        return hex(bytes, at + TIME_AT, 16);
    }

    static int sequence(ByteBuffer bytes, int at) {
        return (int) hex(bytes, at + SEQUENCE_AT, 8);
    }

    public static String text(ByteBuffer bytes, int from, int limit) {
        var copy = new byte[limit - from];
        bytes.get(from, copy);
        return new String(copy, StandardCharsets.UTF_8);
    }

    private static long hex(ByteBuffer bytes, int at, int digits) {
        long value = 0;
        for (int i = at; i < at + digits; i++) {
            int c = bytes.get(i);
            value = value << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
        }
        return value;
    }
}
