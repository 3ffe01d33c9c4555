package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session ends with its token, and its client is told a while before. */
final class SessionExpiryTest {
    private final HubWorld world = new HubWorld();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void isToldOnceAndThenEnded() {
        var client = world.connected(HubWorld.until("alice", world.clock.now().plusSeconds(180)), 0);

        world.after(Duration.ofSeconds(119));
        var early = client.warnings.size();
        world.after(Duration.ofSeconds(2));
        world.after(Duration.ofSeconds(30));
        var before = client.ended;
        world.after(Duration.ofSeconds(30));

        assertThat(early).isZero();
        assertThat(client.warnings).hasSize(1);
        assertThat(client.warnings.getFirst()).isBetween(Duration.ofSeconds(58), HubWorld.WARNING);
        assertThat(before).isNull();
        assertThat(client.ended).isEqualTo(Disconnect.UNAUTHENTICATED);
    }

    @Test
    void whoHasLittleTimeLeftIsToldAtOnce() {
        var client = world.connected(HubWorld.until("alice", world.clock.now().plusSeconds(10)), 0);
        world.settle();

        world.after(Duration.ofSeconds(9));
        var before = client.ended;
        world.after(Duration.ofSeconds(2));

        assertThat(client.warnings).containsExactly(Duration.ofSeconds(10));
        assertThat(before).isNull();
        assertThat(client.ended).isEqualTo(Disconnect.UNAUTHENTICATED);
    }

    @Test
    void whoHasJustTheTimeOfTheWarningLeftIsToldAtOnce() {
        var client = world.connected(HubWorld.until("alice", world.clock.now().plus(HubWorld.WARNING)), 0);

        assertThat(client.warnings).containsExactly(HubWorld.WARNING);
    }

    @Test
    void aRenewedTokenStartsItOver() {
        var client = world.connected(HubWorld.until("alice", world.clock.now().plusSeconds(90)), 0);
        world.after(Duration.ofSeconds(40));

        client.session().identify(HubWorld.until("alice", world.clock.now().plusSeconds(90)));
        world.after(Duration.ofSeconds(60));
        var renewed = client.ended;
        world.after(Duration.ofSeconds(31));

        assertThat(renewed).isNull();
        assertThat(client.warnings).hasSize(2);
        assertThat(client.ended).isEqualTo(Disconnect.UNAUTHENTICATED);
    }

    @Test
    void whoMayStayForEverIsNotWatched() {
        var client = world.connected(HubWorld.until("alice", world.clock.now().plusSeconds(90)), 0);

        int watched = world.loop(0).wheel().size();
        client.session().identify(HubWorld.user("alice"));
        int forEver = world.loop(0).wheel().size();
        world.after(Duration.ofDays(1));

        assertThat(watched).isEqualTo(1);
        assertThat(forEver).isZero();

        assertThat(client.warnings).isEmpty();
        assertThat(client.ended).isNull();
    }

    @Test
    void aTokenOfManyHoursIsLookedAtEveryHour() {
        var client = world.connected(HubWorld.until("alice", world.clock.now().plus(Duration.ofHours(5))), 0);

        for (int hour = 0; hour < 4; hour++) {
            world.after(Duration.ofHours(1).plusSeconds(1));
        }
        var before = client.ended;
        world.after(Duration.ofHours(1));

        assertThat(before).isNull();
        assertThat(client.ended).isEqualTo(Disconnect.UNAUTHENTICATED);
    }

    @Test
    void aClosedSessionIsNotEnded() {
        var client = world.connected(HubWorld.until("alice", world.clock.now().plusSeconds(90)), 0);

        client.session().close();
        int watched = world.loop(0).wheel().size();
        world.after(Duration.ofMinutes(5));

        assertThat(watched).isZero();

        assertThat(client.warnings).isEmpty();
        assertThat(client.ended).isNull();
    }
}
