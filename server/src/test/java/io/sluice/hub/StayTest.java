package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Users, their sessions and their grace. */
final class StayTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final Presence presence = new Presence(100);

    @Test
    void theFirstSessionIsTheJoin() {
        boolean first = presence.enter("bob", NOON);
        boolean second = presence.enter("bob", NOON.plusSeconds(1));
        boolean other = presence.enter("alice", NOON.plusSeconds(2));

        assertThat(first).isTrue();
        assertThat(second).isFalse();
        assertThat(other).isTrue();
        assertThat(presence.members())
                .containsExactly(
                        new Presence.Member("alice", 1, NOON.plusSeconds(2)), new Presence.Member("bob", 2, NOON));
        assertThat(presence.leavers(1_000)).isEmpty();
        assertThat(presence.isLeaving()).isFalse();
    }

    @Test
    void whoHasAnotherSessionDoesNotLeave() {
        presence.enter("bob", NOON);
        presence.enter("bob", NOON);

        boolean wasTheLast = presence.exit("bob", 0);

        assertThat(wasTheLast).isFalse();
        assertThat(presence.isLeaving()).isFalse();
        assertThat(presence.leavers(1_000)).isEmpty();
        assertThat(presence.isEmpty()).isFalse();
    }

    @Test
    void theLeaveComesWhenTheGraceHasPassedAndNotBefore() {
        presence.enter("bob", NOON);
        boolean wasTheLast = presence.exit("bob", 50);
        boolean leaving = presence.isLeaving();

        var early = presence.leavers(149);
        var due = presence.leavers(150);
        var again = presence.leavers(151);

        assertThat(wasTheLast).isTrue();
        assertThat(leaving).isTrue();
        assertThat(early).isEmpty();
        assertThat(due).containsExactly("bob");
        assertThat(again).isEmpty();
        assertThat(presence.isLeaving()).isFalse();
        assertThat(presence.isEmpty()).isTrue();
    }

    @Test
    void whoComesBackInsideTheGraceHasNeverLeft() {
        presence.enter("bob", NOON);
        presence.exit("bob", 0);

        boolean join = presence.enter("bob", NOON.plusSeconds(9));

        assertThat(join).isFalse();
        assertThat(presence.leavers(1_000)).isEmpty();
        assertThat(presence.members()).containsExactly(new Presence.Member("bob", 1, NOON));
    }

    @Test
    void aSessionThatNeverCameDoesNotLeave() {
        boolean wasTheLast = presence.exit("nobody", 0);

        assertThat(wasTheLast).isFalse();
        assertThat(presence.leavers(1_000)).isEmpty();
    }
}
