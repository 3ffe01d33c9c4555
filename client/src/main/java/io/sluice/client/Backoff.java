package io.sluice.client;

import java.time.Duration;
import java.util.Optional;

/**
 * Waits between attempts: full jitter below a ceiling that doubles, so that clients which lost their
 * server together do not come back together. A wait that the server names is kept, up to {@link #LONGEST}, and spread by up to a
 * second more. Used by one thread.
 */
final class Backoff {
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final long SPREAD_MILLIS = 1_000;

    private final Timing timing;
    private final long firstMillis;
    private final long ceilingMillis;
    private int failures;

    /**
     * @param first the ceiling of the first wait
     * @param cap the ceiling of all waits
     */
    Backoff(Timing timing, Duration first, Duration cap) {
        this.timing = timing;
        this.firstMillis = first.toMillis();
        this.ceilingMillis = cap.toMillis();
    }

    /** How many waits since the last reset. */
    int failures() {
        return failures;
    }

    void reset() {
        failures = 0;
    }

    Duration next(Optional<Duration> asked) {
        long ceiling = Math.min(ceilingMillis, firstMillis << Math.min(failures, 20));
        failures++;
        return asked.map(wish -> (wish.compareTo(LONGEST) > 0 ? LONGEST : wish).plus(part(SPREAD_MILLIS)))
                .orElseGet(() -> part(ceiling));
    }

    private Duration part(long ceilingMillis) {
        return Duration.ofMillis((long) (timing.random() * ceilingMillis));
    }
}
