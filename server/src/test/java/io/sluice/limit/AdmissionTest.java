package io.sluice.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.config.ConfigReader;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final ManualClock clock = new ManualClock();
    private final AtomicInteger memoryPercent = new AtomicInteger();

    @Test
    void beyondTheRateEachIsSentBackAtATimeOfItsOwn() {
        var admission = admission(10, 1_000);
        for (int i = 0; i < 10; i++) {
            assertThat(admission.admit()).isNull();
        }

        var waits = new ArrayList<Duration>();
        for (int i = 0; i < 5; i++) {
            waits.add(waitOf(admission.admit()));
        }

        assertThat(waits)
                .containsExactly(
                        Duration.ofMillis(100),
                        Duration.ofMillis(200),
                        Duration.ofMillis(300),
                        Duration.ofMillis(400),
                        Duration.ofMillis(500));
    }

    @Test
    void whoIsToldToComeBackIsLetInThen() {
        var admission = admission(10, 1_000);
        for (int i = 0; i < 10; i++) {
            admission.admit();
        }

        clock.advance(waitOf(admission.look()));

        assertThat(admission.admit()).isNull();
    }

    @Test
    void theSustainedRateIsTheConfiguredOneWhenTenThousandComeBackAtOnce() {
        long seed = System.nanoTime();
        System.err.println("seed " + seed);
        int clients = 10_000;
        int rate = 500;

        var storm = new Storm(admission(rate, 100_000), rate, new Random(seed));
        storm.run(clients);

        assertThat(storm.admitted).isEqualTo(clients);
        assertThat(storm.busiestSecond).as("admitted in any second").isLessThanOrEqualTo(2 * rate);
        assertThat(storm.sustainedRate()).isCloseTo(rate, within(rate * 0.1));
        assertThat(storm.refusals).as("work for those who are sent away").isLessThan(3 * clients);
    }

    @Test
    void beyondTheNumberOfSessionsNobodyIsLetInUntilOneLeaves() {
        var admission = admission(1_000, 2);
        admission.opened();
        admission.opened();

        var refused = admission.look();
        admission.closed();

        assertThat(present(refused).error()).isEqualTo(ClientError.OVERLOADED);
        assertThat(present(refused).extra()).containsEntry("limit", 2);
        assertThat(admission.admit()).isNull();
    }

    @Test
    void withoutMemoryNobodyIsLetIn() {
        var admission = admission(1_000, 1_000);
        memoryPercent.set(95);
        admission.sweep();

        var refused = admission.look();
        memoryPercent.set(50);
        admission.sweep();

        assertThat(present(refused).detail()).contains("memory");
        assertThat(admission.admit()).isNull();
    }

    @Test
    void promisesReachFiveMinutesAheadAtMost() {
        var admission = admission(1, 1_000);

        for (int i = 0; i < 10_000; i++) {
            admission.admit();
        }

        var wait = waitOf(admission.admit());
        assertThat(wait).isBetween(Admission.FURTHEST.dividedBy(2), Admission.FURTHEST);
    }

    private Admission admission(int perSecond, int maxSessions) {
        var yaml = "limits: {admission: {sessions: %d/1s, max_sessions: %d}}".formatted(perSecond, maxSessions);
        var config = ConfigReader.parse(yaml, "test.yaml", Map.of());
        return new Admission(config.limits(), clock, new Random(1), memoryPercent::get);
    }

    private static Duration waitOf(@Nullable Problem problem) {
        return Objects.requireNonNull(present(problem).retryAfter());
    }

    private static Problem present(@Nullable Problem problem) {
        return Objects.requireNonNull(problem, "it was let in");
    }

    /** Clients who were all cut at once, connect within a second and obey Retry-After in whole seconds, as HTTP says it. */
    private final class Storm {
        private final Admission admission;
        private final int rate;
        private final Random random;
        private final PriorityQueue<Long> arrivals = new PriorityQueue<>();
        private int admitted;
        private int refusals;
        private int busiestSecond;
        private long lastNanos;

        Storm(Admission admission, int rate, Random random) {
            this.admission = admission;
            this.rate = rate;
            this.random = random;
        }

        void run(int clients) {
            for (int i = 0; i < clients; i++) {
                arrivals.add(random.nextLong(1_000_000_000L));
            }
            var perSecond = new int[600];
            while (!arrivals.isEmpty()) {
                long at = arrivals.remove();
                clock.advance(Duration.ofNanos(at - clock.nanos()));
                var refused = admission.admit();
                if (refused == null) {
                    admitted++;
                    lastNanos = at;
                    int second = (int) (at / 1_000_000_000L);
                    busiestSecond = Math.max(busiestSecond, ++perSecond[second]);
                } else {
                    refusals++;
                    arrivals.add(at + header(waitOf(refused)) * 1_000_000_000L);
                }
            }
        }

        /** Without the burst with which it begins. */
        double sustainedRate() {
            return (admitted - rate) * 1e9 / lastNanos;
        }

        private long header(Duration wait) {
            return Math.max(1, (wait.toMillis() + random.nextLong(1000)) / 1000);
        }
    }
}
