package io.sluice.cli;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Waits between attempts: full jitter below a ceiling that doubles from 500 ms to 30 s. A server's own wish is the least. */
final class Backoff {
    private static final long FIRST_MILLIS = 500;
    private static final long MOST_MILLIS = 30_000;

    private final LongUnaryOperator random;
    private int failures;

    Backoff() {
        this(bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /** @param random gives a number from 0 up to, not including, its argument */
    Backoff(LongUnaryOperator random) {
        this.random = random;
    }

    void reset() {
        failures = 0;
    }

    Duration next(@Nullable Duration atLeast) {
        long ceiling = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(failures, 10));
        failures++;
        var drawn = Duration.ofMillis(random.applyAsLong(ceiling + 1));
        return atLeast == null ? drawn : atLeast.plus(drawn.dividedBy(2));
    }
}
