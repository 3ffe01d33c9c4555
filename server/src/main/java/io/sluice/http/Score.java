package io.sluice.http;

import io.sluice.net.Clock;

/**
 * How much oddity a connection may still show: a bucket that oddities empty and time fills again. Confined to its loop.
 *
 * <p>A burst of {@code capacity} and a rate of {@code perSecond} are forgiven, so a client that is honest but restless is
 * never cut; a flood empties the bucket in a moment.
 */
final class Score {
    private static final double NANOS = 1e9;

    private final Clock clock;
    private final int capacity;
    private final int perSecond;
    private double left;
    private long filledNanos;

    Score(Clock clock, int capacity, int perSecond) {
        this.clock = clock;
        this.capacity = capacity;
        this.perSecond = perSecond;
        this.left = capacity;
        this.filledNanos = clock.nanos();
    }

    /** Takes one; false when nothing is left. */
    boolean take() {
        return take(1);
    }

    /** Takes as many as {@code count} oddities; false when nothing is left. */
    boolean take(int count) {
        long now = clock.nanos();
        left = Math.min(capacity, left + (now - filledNanos) / NANOS * perSecond);
        filledNanos = now;
        left -= count;
        return left >= 0;
    }

    /** Gives one back, for something useful that was done. */
    void giveBack() {
        left = Math.min(capacity, left + 1);
    }

    /** True when less than a quarter is left. */
    boolean isLow() {
        return left < capacity / 4.0;
    }
}
