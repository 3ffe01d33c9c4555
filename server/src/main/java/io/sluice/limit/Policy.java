package io.sluice.limit;

import io.sluice.config.Rate;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A named rate. The name is what a refused caller reads in {@code RateLimit-Policy}.
 *
 * @param quota how many may be taken at once
 * @param windowNanos how long an empty bucket takes to fill
 * @param refusals how often it refused somebody
 */
record Policy(String name, long quota, long windowNanos, LongAdder refusals) {
    /** Null for an unlimited rate: there is nothing to ask. */
    static @Nullable Policy of(String name, Rate rate) {
        return rate.isUnlimited()
                ? null
                : new Policy(name, rate.quota(), rate.window().toNanos(), new LongAdder());
    }

    /** How long it takes for {@code count} to come back; what is more than the quota costs as much as the quota. */
    long cost(long count) {
        return count >= quota ? windowNanos : (long) ((double) count / quota * windowNanos);
    }

    /** What a caller is told who must wait for {@code waitNanos}. */
    Problem refusal(long waitNanos) {
        refusals.increment();
        return Problem.of(
                        ClientError.RATE_LIMITED,
                        name + " are limited to " + quota + " per " + Math.ceilDiv(windowNanos, 1_000_000_000L) + " s")
                .retryAfter(Duration.ofNanos(waitNanos))
                .with("policy", name)
                .with("limit", quota)
                .with("window", Math.ceilDiv(windowNanos, 1_000_000_000L));
    }
}
