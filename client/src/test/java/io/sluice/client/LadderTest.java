package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which transport comes next, and when: in a time of the test's own. */
class LadderTest {
    private final LinkBroken blocked =
            LinkBroken.answered(404, false, new SluiceException(ProblemCode.NOT_FOUND, "by a proxy"));
    private final LinkBroken away = LinkBroken.network(new java.net.ConnectException("Connection refused"));
    private final LinkBroken cut = LinkBroken.network(new java.io.IOException("reset"));

    private final Ladder ladder = new Ladder(List.of(Transport.values()), 0, Duration.ofMinutes(1));
    private long now;

    private void liveFor(Duration time) {
        ladder.connecting();
        ladder.live(now);
        now += time.toNanos();
    }

    @Test
    void aTransportThatIsBlockedGivesWayAtOnceAndTheLastToTheFirstAfterAWait() {
        ladder.connecting();
        var steps = new ArrayList<Boolean>();
        for (int i = 0; i < 4; i++) {
            steps.add(ladder.stepDown(blocked, now));
        }

        assertThat(steps).containsExactly(true, true, true, false);
        assertThat(ladder.current()).isEqualTo(Transport.WEBSOCKET);
    }

    @Test
    void aServerThatIsAwaySaysNothingAboutTransports() {
        ladder.stepDown(blocked, now);
        liveFor(Duration.ofMinutes(2));

        assertThat(ladder.stepDown(away, now)).isFalse();
        assertThat(ladder.current()).isEqualTo(Transport.SSE);
    }

    @Test
    void threeShortLivesInARowLeadDownAndALongOneForgives() {
        for (int i = 0; i < 2; i++) {
            liveFor(Duration.ofSeconds(1));
            assertThat(ladder.stepDown(cut, now)).isFalse();
        }
        liveFor(Duration.ofSeconds(6));
        assertThat(ladder.stepDown(cut, now)).isFalse();
        for (int i = 0; i < 2; i++) {
            liveFor(Duration.ofSeconds(1));
            assertThat(ladder.stepDown(cut, now)).isFalse();
        }
        liveFor(Duration.ofSeconds(1));

        assertThat(ladder.stepDown(cut, now)).isTrue();
        assertThat(ladder.current()).isEqualTo(Transport.SSE);
    }

    @Test
    void itClimbsAfterAMinuteThenMoreAndMoreSeldom() {
        ladder.stepDown(blocked, now);
        var waits = new ArrayList<Long>();
        for (int i = 0; i < 6; i++) {
            liveFor(Duration.ZERO);
            long from = now;
            while (!ladder.shouldClimb(now)) {
                now += Duration.ofMinutes(1).toNanos();
            }
            waits.add(Duration.ofNanos(now - from).toMinutes());
            ladder.climb();
            ladder.connecting();
            ladder.stepDown(blocked, now);
        }

        assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 10L, 10L);
    }

    @Test
    void waitsGrowToThirtySecondsAndTheServersWishIsKept() {
        var backoff = new Backoff(
                new Timing() {
                    @Override
                    public long nanos() {
                        return 0;
                    }

                    @Override
                    public double random() {
                        return 0.5;
                    }

                    @Override
                    public void pause(Duration time) {
                        throw new IllegalStateException("nothing waits here");
                    }
                },
                Duration.ofSeconds(1),
                Duration.ofSeconds(30));

        var waits = new ArrayList<Long>();
        for (int i = 0; i < 7; i++) {
            waits.add(backoff.next(Optional.empty()).toMillis());
        }

        assertThat(waits).containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 15_000L, 15_000L);
        assertThat(backoff.next(Optional.of(Duration.ofSeconds(7)))).isEqualTo(Duration.ofMillis(7_500));
        assertThat(backoff.next(Optional.of(Duration.ofDays(7)))).isEqualTo(Backoff.LONGEST.plusMillis(500));
    }
}
