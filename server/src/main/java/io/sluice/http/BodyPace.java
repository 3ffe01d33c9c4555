package io.sluice.http;

import io.sluice.net.Clock;

/**
 * Watches how fast a request's body comes while it is waited for. Confined to its loop.
 *
 * <p>After {@value #GRACE_SECONDS} seconds of waiting, all in all, the body must have come at {@value #BYTES_PER_SECOND} bytes
 * a second or more; time in which the reader did not want more does not count. Without it one byte now and then would hold a
 * connection and its handler for ever.
 */
final class BodyPace {
    private static final int GRACE_SECONDS = 5;
    private static final int BYTES_PER_SECOND = 240;
    private static final double NANOS = 1e9;

    private final Clock clock;
    private long wantedSince;
    private boolean wanted;
    private long waitedNanos;
    private long bytes;

    BodyPace(Clock clock) {
        this.clock = clock;
    }

    /** The reader waits for the peer from now on. */
    void wanted() {
        if (!wanted) {
            wanted = true;
            wantedSince = clock.nanos();
        }
    }

    /** {@code length} bytes came; false when the peer has been too slow. */
    boolean came(int length) {
        bytes += length;
        if (wanted) {
            wanted = false;
            waitedNanos += clock.nanos() - wantedSince;
        }
        double counted = waitedNanos / NANOS - GRACE_SECONDS;
        return counted <= 0 || bytes >= counted * BYTES_PER_SECOND;
    }
}
