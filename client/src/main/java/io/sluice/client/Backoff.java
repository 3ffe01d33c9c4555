package io.sluice.client;

import java.time.Duration;
import java.util.Optional;

/**
 * Waits between attempts: full jitter below a ceiling of 1 s, 2 s, 4 s and so on to 30 s, so that clients which lost their
 * server together do not come back together. A wait that the server names is kept, up to {@link #LONGEST}, and spread by up to a
 * second more. Used by one thread.
 */
final class Backoff {
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final long FIRST_MILLIS = 1_000;
    private static final long CEILING_MILLIS = 30_000;
    private static final long SPREAD_MILLIS = 1_000;

    private final Timing timing;
    private int failures;

    Backoff(Timing timing) {
        this.timing = timing;
    }

    /** How many waits since the last reset. */
    int failures() {
        return failures;
    }

    void reset() {
        failures = 0;
    }

    Duration next(Optional<Duration> asked) {
        long ceiling = Math.min(CEILING_MILLIS, FIRST_MILLIS << Math.min(failures, 5));
        failures++;
        return asked.map(wish -> (wish.compareTo(LONGEST) > 0 ? LONGEST : wish).plus(part(SPREAD_MILLIS)))
                .orElseGet(() -> part(ceiling));
    }

    private Duration part(long ceilingMillis) {
        return Duration.ofMillis((long) (timing.random() * ceilingMillis));
    }
}
