package io.sluice.limit;

import io.sluice.config.LimitsConfig;
import io.sluice.config.ShareConfig;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The buckets of one user, address, key or session; null where it has none. */
record Buckets(
        @Nullable TokenBucket connects,
        @Nullable TokenBucket publishes,
        @Nullable TokenBucket subscribes,
        @Nullable TokenBucket bytes) {

    /** The policies behind such buckets: {@code user-connects} and so on. */
    record Policies(Policy connects, Policy publishes, Policy subscribes, Policy bytes) {
        static Policies of(String whose, Function<LimitsConfig, ShareConfig> share, LimitsConfig config) {
            return new Policies(
                    new Policy(whose + "-connects", share.andThen(ShareConfig::connects), config),
                    new Policy(whose + "-publishes", share.andThen(ShareConfig::publishes), config),
                    new Policy(whose + "-subscribes", share.andThen(ShareConfig::subscribes), config),
                    new Policy(whose + "-bytes", share.andThen(ShareConfig::bytes), config));
        }

        Stream<Policy> all() {
            return Stream.of(connects, publishes, subscribes, bytes);
        }

        Buckets full(long nowNanos) {
            return new Buckets(
                    new TokenBucket(connects, nowNanos),
                    new TokenBucket(publishes, nowNanos),
                    new TokenBucket(subscribes, nowNanos),
                    new TokenBucket(bytes, nowNanos));
        }
    }
}
