package io.sluice.limit;

import io.sluice.config.LimitsConfig;
import io.sluice.config.Rate;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * A named rate, the same for all who have a bucket of it. It may change while they have one. Thread-safe.
 *
 * <p>The name is what a refused caller reads in {@code RateLimit-Policy}.
 */
final class Policy {
    private final String name;
    private final Function<LimitsConfig, Rate> setting;
    private final LongAdder refusals = new LongAdder();
    private volatile Pace pace;

    /**
     * A rate, ready to be reckoned with.
     *
     * @param quota how many may be taken at once; 0 for a rate without a limit
     * @param windowNanos how long an empty bucket takes to fill
     */
    record Pace(long quota, long windowNanos) {
        boolean isUnlimited() {
            return quota == 0;
        }

        /** How long it takes for {@code count} to come back; what is more than the quota costs as much as the quota. */
        long cost(long count) {
            return count >= quota ? windowNanos : (long) ((double) count / quota * windowNanos);
        }
    }

    /** @param setting which of the configured rates it is */
    Policy(String name, Function<LimitsConfig, Rate> setting, LimitsConfig config) {
        this.name = name;
        this.setting = setting;
        this.pace = pace(setting.apply(config));
    }

    /** Goes on at the rate that {@code config} says; what was taken stays taken. */
    void become(LimitsConfig config) {
        pace = pace(setting.apply(config));
    }

    String name() {
        return name;
    }

    /** How often it refused somebody. */
    LongAdder refusals() {
        return refusals;
    }

    Pace pace() {
        return pace;
    }

    /** What a caller is told who must wait for {@code waitNanos}. */
    Problem refusal(long waitNanos) {
        refusals.increment();
        var now = pace;
        long seconds = Math.ceilDiv(now.windowNanos, 1_000_000_000L);
        return Problem.of(ClientError.RATE_LIMITED, name + " are limited to " + now.quota + " per " + seconds + " s")
                .retryAfter(Duration.ofNanos(waitNanos))
                .with("policy", name)
                .with("limit", now.quota)
                .with("window", seconds);
    }

    private static Pace pace(Rate rate) {
        return new Pace(rate.quota(), rate.window().toNanos());
    }
}
