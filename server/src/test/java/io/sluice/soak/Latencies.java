package io.sluice.soak;

import java.util.Arrays;

/** The latencies of one interval; beyond its room a share of them, evenly. Thread-safe. */
final class Latencies {
    private static final int ROOM = 100_000;

    private final long[] nanos = new long[ROOM];
    private long count;

    synchronized void add(long latencyNanos) {
        nanos[(int) (count++ % ROOM)] = latencyNanos;
    }

    /** Percentiles in milliseconds, each from 0 to 100, of what came since the last call; 0 for none. */
    synchronized double[] take(double... percentiles) {
        int held = (int) Math.min(count, ROOM);
        var sorted = Arrays.copyOf(nanos, held);
        Arrays.sort(sorted);
        count = 0;
        return Arrays.stream(percentiles)
                .map(each -> held == 0 ? 0 : sorted[(int) Math.min(held - 1L, (long) (held * each / 100))] / 1e6)
                .toArray();
    }
}
