package io.sluice.limit;

import io.sluice.config.ShareConfig;
import org.jspecify.annotations.Nullable;

/** The buckets of one user, address or key; null where nothing is limited. */
record Buckets(
        @Nullable TokenBucket connects,
        @Nullable TokenBucket publishes,
        @Nullable TokenBucket subscribes,
        @Nullable TokenBucket bytes) {

    /** The policies behind such buckets: {@code user-connects} and so on. */
    record Policies(
            @Nullable Policy connects,
            @Nullable Policy publishes,
            @Nullable Policy subscribes,
            @Nullable Policy bytes) {
        static Policies of(String whose, ShareConfig config) {
            return new Policies(
                    Policy.of(whose + "-connects", config.connects()),
                    Policy.of(whose + "-publishes", config.publishes()),
                    Policy.of(whose + "-subscribes", config.subscribes()),
                    Policy.of(whose + "-bytes", config.bytes()));
        }

        Buckets full(long nowNanos) {
            return new Buckets(
                    bucket(connects, nowNanos),
                    bucket(publishes, nowNanos),
                    bucket(subscribes, nowNanos),
                    bucket(bytes, nowNanos));
        }
    }

    static @Nullable TokenBucket bucket(@Nullable Policy policy, long nowNanos) {
        return policy == null ? null : new TokenBucket(policy, nowNanos);
    }
}
