package io.sluice.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bucket of tokens that fills evenly, as the generic cell rate algorithm (ITU-T I.371) keeps it: one number, the time at
 * which the bucket is full again. Thread-safe without locks; allocates nothing; costs nothing while nobody takes.
 *
 * <p>All times are a monotonic clock's nanoseconds.
 */
final class TokenBucket {
    private final Policy policy;
    private final AtomicLong fullAtNanos;

    /** A full one. */
    TokenBucket(Policy policy, long nowNanos) {
        this.policy = policy;
        this.fullAtNanos = new AtomicLong(nowNanos);
    }

    Policy policy() {
        return policy;
    }

    /** Takes {@code count} tokens and gives 0; or takes none and gives the nanoseconds until there will be so many. */
    long take(long count, long nowNanos) {
        var pace = policy.pace();
        if (pace.isUnlimited()) {
            return 0;
        }
        long cost = pace.cost(count);
        while (true) {
            long fullAt = fullAtNanos.get();
            long next = (fullAt - nowNanos > 0 ? fullAt : nowNanos) + cost;
            long missing = next - nowNanos - pace.windowNanos();
            if (missing > 0) {
                return missing;
            }
            if (fullAtNanos.compareAndSet(fullAt, next)) {
                return 0;
            }
        }
    }

    /** The same without taking. */
    long wait(long count, long nowNanos) {
        var pace = policy.pace();
        if (pace.isUnlimited()) {
            return 0;
        }
        long fullAt = fullAtNanos.get();
        long next = (fullAt - nowNanos > 0 ? fullAt : nowNanos) + pace.cost(count);
        return Math.max(0, next - nowNanos - pace.windowNanos());
    }

    /** Gives back what was taken for something that did not happen after all. */
    void giveBack(long count) {
        var pace = policy.pace();
        if (!pace.isUnlimited()) {
            fullAtNanos.addAndGet(-pace.cost(count));
        }
    }
}
