package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.http.ClientError;
import io.sluice.hub.log.SimulatedDisk;
import java.time.Duration;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How far users have read. */
final class ReadMarkersTest {
    private static final ChannelName CHANNEL = new ChannelName("room:1");
    private static final Identity ALICE = HubWorld.user("alice");
    private static final Identity BOB = HubWorld.user("bob");

    private final SimulatedDisk disk = new SimulatedDisk();
    private HubWorld world =
            new HubWorld(new NamespaceConfig().keeping(4, io.sluice.config.DataSize.mib(1), Duration.ofHours(1)));
    private ReadMarkers markers = new ReadMarkers(world.hub);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void whoHasReadNothingHasEverythingToRead() {
        world.publish(CHANNEL, "1");
        world.publish(CHANNEL, "2");

        var marker = get(ALICE);

        assertThat(marker).isEqualTo(new ReadMarkers.Marker(null, 2));
    }

    @Test
    void countsWhatIsAfterTheMarker() {
        world.publish(CHANNEL, "1");
        var second = world.publish(CHANNEL, "2");
        world.publish(CHANNEL, "3");

        var moved = move(ALICE, second);

        assertThat(moved).isEqualTo(new ReadMarkers.Marker(second, 1));
        assertThat(get(ALICE)).isEqualTo(moved);
        assertThat(get(BOB).position()).isNull();
    }

    @Test
    void countsOnlyWhatIsStillHeld() {
        var first = world.publish(CHANNEL, "1");
        move(ALICE, first);

        for (int i = 0; i < 9; i++) {
            world.publish(CHANNEL, "2");
        }

        assertThat(get(ALICE)).isEqualTo(new ReadMarkers.Marker(first, 4));
    }

    @Test
    void movesForwardOnly() {
        var first = world.publish(CHANNEL, "1");
        var second = world.publish(CHANNEL, "2");
        move(ALICE, second);

        var back = move(ALICE, first);
        var same = move(ALICE, second);

        assertThat(back.position()).isEqualTo(second);
        assertThat(same.position()).isEqualTo(second);
        assertThat(get(ALICE).position()).isEqualTo(second);
    }

    @Test
    void movesForwardAgain() {
        var first = world.publish(CHANNEL, "1");
        var second = world.publish(CHANNEL, "2");
        move(ALICE, first);

        var forward = move(ALICE, second);

        assertThat(forward).isEqualTo(new ReadMarkers.Marker(second, 0));
        assertThat(get(ALICE)).isEqualTo(forward);
    }

    @Test
    void aMarkerInALostLogGivesWayToOneInThisLogAndNotTheOtherWayRound() {
        var first = world.publish(CHANNEL, "1");
        var lost = new Position(Epoch.of(CHANNEL, 4711), 9);

        var before = move(ALICE, lost);
        var now = move(ALICE, first);
        var back = move(ALICE, lost);

        assertThat(before).isEqualTo(new ReadMarkers.Marker(lost, 1));
        assertThat(now).isEqualTo(new ReadMarkers.Marker(first, 0));
        assertThat(back).isEqualTo(now);
    }

    @Test
    void whoeverIsOvertakenByAFurtherMoveIsToldWhereTheMarkerStands() {
        restart(new HubWorld(new HubConfig(), disk::start, null));
        var first = world.publish(CHANNEL, "1");
        var second = world.publish(CHANNEL, "2");
        var watcher = world.subscribed(BOB, 1, CHANNEL);
        watcher.notices.clear();
        var moved = new ArrayList<ReadMarkers.Marker>();

        markers.move(ALICE, CHANNEL, second, world.loop(0), outcome -> moved.add(done(outcome)));
        markers.move(ALICE, CHANNEL, first, world.loop(0), outcome -> moved.add(done(outcome)));
        world.settle();

        assertThat(moved).containsExactly(new ReadMarkers.Marker(second, 0), new ReadMarkers.Marker(second, 0));
        assertThat(get(ALICE).position()).isEqualTo(second);
        assertThat(watcher.notices).singleElement().asString().contains(second.toString());
    }

    @Test
    void whatCannotBeReadOrStoredIsRefusedAndLetsGoOfTheChannel() {
        restart(new HubWorld(new HubConfig(), disk::start, null));
        var first = world.publish(CHANNEL, "1");

        disk.failReads();
        Outcome<ReadMarkers.Marker> unread = world.ask(then -> markers.get(ALICE, CHANNEL, world.loop(0), then));
        disk.repair();
        disk.failWrites(false);
        var unstored = refused(ALICE, first);

        assertThat(unread)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.problem().error()).isEqualTo(ClientError.STORAGE_UNAVAILABLE));
        assertThat(unstored).isEqualTo(ClientError.STORAGE_UNAVAILABLE);
        assertThat(world.hub.openChannels())
                .singleElement()
                .satisfies(channel -> assertThat(channel.tryEvict()).isTrue());
        disk.repair();
    }

    @Test
    void whoMayNotReadHasNoMarker() {
        var first = world.publish(CHANNEL, "1");

        var refused = refused(new Identity("eve", null, Grants.NONE, null), first);

        assertThat(refused).isEqualTo(ClientError.FORBIDDEN);
    }

    @Test
    void aMoveIsToldToThosePresentAndAStepBackIsNot() {
        var first = world.publish(CHANNEL, "1");
        var second = world.publish(CHANNEL, "2");
        var watcher = world.subscribed(BOB, 1, CHANNEL);
        watcher.notices.clear();

        move(ALICE, second);
        move(ALICE, second);
        move(ALICE, first);

        assertThat(watcher.notices)
                .containsExactly("{\"type\":\"signal\",\"channel\":\"room:1\",\"event\":\"read\",\"from\":\"alice\","
                        + "\"data\":{\"position\":\"" + second + "\"}}");
    }

    @Test
    void aPositionOfTheFutureOrOfAnotherChannelIsRefused() {
        var first = world.publish(CHANNEL, "1");
        var elsewhere = world.publish(new ChannelName("other"), "1");

        var future = refused(ALICE, new Position(first.epoch(), first.offset() + 1));
        var foreign = refused(ALICE, elsewhere);

        assertThat(future).isEqualTo(ClientError.BAD_CURSOR);
        assertThat(foreign).isEqualTo(ClientError.BAD_CURSOR);
        assertThat(get(ALICE).position()).isNull();
    }

    @Test
    void belongsToAUser() {
        var first = world.publish(CHANNEL, "1");

        var refused = refused(Identity.ANYBODY, first);

        assertThat(refused).isEqualTo(ClientError.UNAUTHENTICATED);
    }

    @Test
    void everyAnswerLetsGoOfTheChannel() {
        var first = world.publish(CHANNEL, "1");
        var second = world.publish(CHANNEL, "2");

        move(ALICE, second);
        move(ALICE, first);
        get(ALICE);
        refused(ALICE, new Position(first.epoch(), 9));

        assertThat(world.hub.openChannels())
                .singleElement()
                .satisfies(channel -> assertThat(channel.tryEvict()).isTrue());
    }

    private void restart(HubWorld other) {
        world.close();
        world = other;
        markers = new ReadMarkers(world.hub);
    }

    private ReadMarkers.Marker get(Identity who) {
        return done(world.ask(then -> markers.get(who, CHANNEL, world.loop(0), then)));
    }

    private ReadMarkers.Marker move(Identity who, Position to) {
        return done(world.ask(then -> markers.move(who, CHANNEL, to, world.loop(0), then)));
    }

    private @Nullable ClientError refused(Identity who, Position to) {
        Outcome<ReadMarkers.Marker> outcome = world.ask(then -> markers.move(who, CHANNEL, to, world.loop(0), then));
        return outcome instanceof Outcome.Refused<ReadMarkers.Marker>(var problem) ? problem.error() : null;
    }

    private static ReadMarkers.Marker done(Outcome<ReadMarkers.Marker> outcome) {
        if (outcome instanceof Outcome.Done<ReadMarkers.Marker>(var marker)) {
            return marker;
        }
        throw new AssertionError(outcome);
    }
}
