package io.sluice.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.LimitsConfig;
import io.sluice.config.Rate;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    private final TokenBucket bucket = bucket(10, Duration.ofSeconds(10));

    @Test
    void allOfTheQuotaMayBeTakenAtOnceAndComesBackEvenly() {
        for (int i = 0; i < 10; i++) {
            assertThat(bucket.take(1, 0)).isZero();
        }

        assertThat(bucket.take(1, 0)).isEqualTo(SECOND);
        assertThat(bucket.take(1, SECOND / 2)).isEqualTo(SECOND / 2);
        assertThat(bucket.take(1, SECOND)).isZero();
        assertThat(bucket.take(1, SECOND)).isEqualTo(SECOND);
        assertThat(bucket.take(3, SECOND)).isEqualTo(3 * SECOND);
    }

    @Test
    void itNeverHoldsMoreThanItsQuota() {
        long later = 3600 * SECOND;

        for (int i = 0; i < 10; i++) {
            assertThat(bucket.take(1, later)).isZero();
        }

        assertThat(bucket.take(1, later)).isPositive();
    }

    @Test
    void moreThanTheQuotaCostsAllOfIt() {
        assertThat(bucket.take(1_000_000, 0)).isZero();

        assertThat(bucket.take(1, 0)).isEqualTo(SECOND);
        assertThat(bucket.take(1_000_000, 5 * SECOND)).isEqualTo(5 * SECOND);
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        bucket.take(10, 0);

        bucket.giveBack(4);

        assertThat(bucket.take(4, 0)).isZero();
        assertThat(bucket.take(1, 0)).isPositive();
    }

    @Test
    void waitingAsLongAsItSaysIsEnough() {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        var random = new Random(seed);
        long now = 0;

        for (int i = 0; i < 10_000; i++) {
            int count = 1 + random.nextInt(12);
            now += random.nextLong(SECOND);
            long wait = bucket.take(count, now);
            if (wait > 0) {
                assertThat(bucket.take(count, now + wait - 1000)).isPositive();
                now += wait;
                assertThat(bucket.take(count, now)).isZero();
            }
        }
    }

    @Test
    void manyThreadsTogetherTakeTheQuotaAndNoMore() throws Exception {
        var shared = bucket(100_000, Duration.ofHours(1));
        var taken = new AtomicInteger();

        try (var threads = Executors.newFixedThreadPool(4)) {
            for (int t = 0; t < 4; t++) {
                threads.execute(() -> {
                    for (int i = 0; i < 50_000; i++) {
                        if (shared.take(1, 0) == 0) {
                            taken.incrementAndGet();
                        }
                    }
                });
            }
        }

        assertThat(taken).hasValue(100_000);
    }

    private static TokenBucket bucket(long quota, Duration window) {
        return new TokenBucket(new Policy("test", config -> Rate.per(quota, window), new LimitsConfig()), 0);
    }
}
