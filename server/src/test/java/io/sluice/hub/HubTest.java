package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.auth.Revocation;
import io.sluice.auth.Verb;
import io.sluice.config.HubConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.log.SimulatedDisk;
import io.sluice.testkit.ListedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the hub is asked: publishes, subscriptions, signals, who is there; what it refuses and what it counts. */
final class HubTest {
    private static final ChannelName CHANNEL = new ChannelName("room:1");
    private static final Identity ALICE = HubWorld.user("alice");
    private static final Identity NOBODY = new Identity("eve", null, Grants.NONE, null);

    private final HubWorld world = new HubWorld();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void countsWhatWasStoredRepeatedAndRefused() {
        var keyed = draft("1").withKey("k");

        var stored = publish(ALICE, keyed);
        var again = publish(ALICE, keyed);
        var forbidden = publish(NOBODY, draft("1"));
        var invalid = publish(ALICE, draft("1").withKey("\n"));
        var other = publish(ALICE, draft("2").withKey("k"));

        assertThat(stored).isInstanceOf(Appended.Stored.class);
        assertThat(again).isInstanceOf(Appended.Replayed.class);
        assertThat(error(forbidden)).isEqualTo(ClientError.FORBIDDEN);
        assertThat(error(invalid)).isEqualTo(ClientError.BAD_REQUEST);
        assertThat(error(other)).isEqualTo(ClientError.IDEMPOTENCY_MISMATCH);
        assertThat(world.hub.metrics().publications()).isEqualTo(1);
        assertThat(world.hub.metrics().replays()).isEqualTo(1);
        assertThat(world.hub.metrics().refusals()).isEqualTo(3);
    }

    @Test
    void whoseChannelCannotBeOpenedIsRefusedAndCounted() {
        var disk = new SimulatedDisk();
        try (var onDisk = new HubWorld(new HubConfig(), disk::start, null)) {
            onDisk.publish(CHANNEL, "1");
            onDisk.hub.sweep();
            onDisk.after(Duration.ofMinutes(1));
            onDisk.hub.sweep(); // lets go of the channel
            disk.failReads();

            Appended refused = onDisk.ask(then -> onDisk.hub.publish(ALICE, CHANNEL, draft("2"), then));
            Outcome<Hub.Summary> unknown = onDisk.ask(then -> onDisk.hub.summary(ALICE, CHANNEL, onDisk.loop(0), then));
            Outcome<Waiting> waiting = onDisk.ask(
                    then -> onDisk.hub.await(ALICE, CHANNEL, new Position(1, 1), onDisk.loop(0), () -> {}, then));

            assertThat(error(refused)).isEqualTo(ClientError.STORAGE_UNAVAILABLE);
            assertThat(unknown).isInstanceOf(Outcome.Refused.class);
            assertThat(waiting).isInstanceOf(Outcome.Refused.class);
            assertThat(onDisk.hub.metrics().refusals()).isEqualTo(1);
            assertThat(onDisk.hub.openChannels()).isEmpty();
            disk.repair();
        }
    }

    @Test
    void aPublishLetsGoOfItsChannel() {
        publish(ALICE, draft("1"));

        assertThat(channel().tryEvict()).isTrue();
    }

    @Test
    void aSubscriptionBeginsWhereItIsTold() {
        var last = world.publish(CHANNEL, "1");
        var client = world.connected(ALICE, 0);

        var begun = subscribe(client, new Start.Latest());
        world.publish(CHANNEL, "2");

        assertThat(done(begun).position()).isEqualTo(last);
        assertThat(done(begun).recovered()).isTrue();
        assertThat(client.received).containsExactly("room:1 2");
    }

    @Test
    void aSubscriptionAfterALostLogHasNotRecovered() {
        var last = world.publish(CHANNEL, "1");
        var stale = new Position(Epoch.of(CHANNEL, 4711), 9);
        var client = world.connected(ALICE, 0);

        var begun = subscribe(client, new Start.After(stale));

        assertThat(done(begun).recovered()).isFalse();
        assertThat(client.gaps)
                .containsExactly(new Gap(CHANNEL, new Position(stale.epoch(), 10), new Position(last.epoch(), 0)));
        assertThat(client.received).containsExactly("room:1 1");
        assertThat(world.hub.metrics().gaps()).isEqualTo(1);
    }

    @Test
    void aSecondSubscriptionToTheSameChannelIsAConflict() {
        var client = world.subscribed(ALICE, 0, CHANNEL);

        var again = subscribe(client, new Start.Latest());
        client.session().close();
        world.settle();
        var afterTheEnd = subscribe(client, new Start.Latest());

        assertThat(refusal(again)).isEqualTo(ClientError.CONFLICT);
        assertThat(refusal(afterTheEnd)).isEqualTo(ClientError.CONFLICT);
        assertThat(channel().tryEvict()).isTrue();
    }

    @Test
    void whoMayNotSubscribeIsTold() {
        var client = world.connected(NOBODY, 0);

        var refused = subscribe(client, new Start.Latest());

        assertThat(refusal(refused)).isEqualTo(ClientError.FORBIDDEN);
        assertThat(world.hub.openChannels()).isEmpty();
    }

    @Test
    void aCursorThatIsRefusedLeavesNothingBehind() {
        var last = world.publish(CHANNEL, "1");
        var client = world.connected(ALICE, 0);

        var refused = subscribe(client, new Start.After(new Position(last.epoch(), 2)));

        assertThat(refusal(refused)).isEqualTo(ClientError.BAD_CURSOR);
        assertThat(client.session().subscriptionCount()).isZero();
        assertThat(channel().tryEvict()).isTrue();
    }

    @Test
    void aSessionReadsSoManyChannelsAndNoMore() {
        var client = world.connected(ALICE, 0);
        int most = world.hub.config().maxSubscriptions();

        var outcomes = IntStream.rangeClosed(0, most)
                .mapToObj(i -> world.<Outcome<Hub.Subscribed>>ask(then ->
                        world.hub.subscribe(client.session(), new ChannelName("c" + i), new Start.Latest(), then)))
                .toList();

        assertThat(outcomes.subList(0, most))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Done.class));
        assertThat(refusal(outcomes.getLast())).isEqualTo(ClientError.RATE_LIMITED);
        assertThat(client.session().subscriptionCount()).isEqualTo(most);
    }

    @Test
    void aSignalReachesThoseWhoAreThereAndNoHistory() {
        var client = world.subscribed(HubWorld.user("bob"), 1, CHANNEL);
        client.notices.clear();

        var taken = signal(ALICE, "typing", "{}");

        assertThat(taken).isEmpty();
        assertThat(client.notices)
                .containsExactly("{\"type\":\"signal\",\"channel\":\"room:1\",\"event\":\"typing\",\"from\":\"alice\","
                        + "\"data\":{}}");
        assertThat(client.received).isEmpty();
        assertThat(world.hub.metrics().signals()).isEqualTo(1);
        assertThat(channel().log().newest()).isZero();
    }

    @Test
    void aSignalThatIsRefusedIsNotSent() {
        var client = world.subscribed(HubWorld.user("bob"), 1, CHANNEL);
        client.notices.clear();
        var most = (int) world.hub.config().maxMessageSize().bytes();

        var nameless = signal(ALICE, "", "{}");
        var large = signal(ALICE, "e", "1".repeat(most + 1));
        var forbidden = signal(NOBODY, "e", "{}");
        var largest = signal(ALICE, "e", "1".repeat(most));

        assertThat(nameless)
                .hasValueSatisfying(problem -> assertThat(problem.error()).isEqualTo(ClientError.BAD_REQUEST));
        assertThat(large)
                .hasValueSatisfying(problem -> assertThat(problem.error()).isEqualTo(ClientError.TOO_LARGE));
        assertThat(forbidden)
                .hasValueSatisfying(problem -> assertThat(problem.error()).isEqualTo(ClientError.FORBIDDEN));
        assertThat(largest).isEmpty();
        assertThat(client.notices).hasSize(1);
    }

    @Test
    void aSignalToAChannelThatNobodyHasOpenIsTakenAndOpensNone() {
        var taken = signal(ALICE, "typing", "{}");

        assertThat(taken).isEmpty();
        assertThat(world.hub.openChannels()).isEmpty();
    }

    @Test
    void tellsWhoIsThereToThoseWhoMayKnow() {
        world.subscribed(ALICE, 0, CHANNEL);
        world.subscribed(ALICE, 1, CHANNEL);

        Outcome<List<Hub.Member>> members = world.ask(then -> world.hub.presence(ALICE, CHANNEL, world.loop(0), then));
        Outcome<List<Hub.Member>> refused = world.ask(then -> world.hub.presence(NOBODY, CHANNEL, world.loop(0), then));

        assertThat(members).isEqualTo(new Outcome.Done<>(List.of(new Hub.Member("alice", 2, world.clock.now()))));
        assertThat(refused).isInstanceOf(Outcome.Refused.class);
        List.copyOf(world.hub.sessions().all()).forEach(Session::close);
        world.settle();
        assertThat(channel().tryEvict()).isTrue();
    }

    @Test
    void saysWhatAChannelHoldsToThoseWhoMayRead() {
        world.subscribed(ALICE, 1, CHANNEL);
        world.publish(CHANNEL, "1");
        var last = world.publish(CHANNEL, "2");

        Outcome<Hub.Summary> told = world.ask(then -> world.hub.summary(ALICE, CHANNEL, world.loop(0), then));
        Outcome<Hub.Summary> refused = world.ask(then -> world.hub.summary(NOBODY, CHANNEL, world.loop(0), then));
        List.copyOf(world.hub.sessions().all()).forEach(Session::close);
        world.settle();

        assertThat(told)
                .isEqualTo(new Outcome.Done<>(new Hub.Summary(CHANNEL, 1, last, new Position(last.epoch(), 1), 2)));
        assertThat(refused).isInstanceOf(Outcome.Refused.class);
        assertThat(channel().tryEvict()).isTrue();
    }

    @Test
    void anAnswerComesOnTheLoopThatWasAskedFor() {
        var current = new ArrayList<Boolean>();

        world.hub.summary(
                ALICE, CHANNEL, world.loop(1), told -> current.add(world.loop(1).isCurrent()));
        var before = List.copyOf(current);
        world.settle();
        world.loop(1).execute(() -> {
            world.hub.summary(
                    ALICE,
                    CHANNEL,
                    world.loop(1),
                    told -> current.add(world.loop(1).isCurrent()));
            current.add(false); // an answer that is there is not put off
        });
        world.settle();

        assertThat(before).isEmpty();
        assertThat(current).containsExactly(true, true, false);
    }

    @Test
    void whoWasRevokedMeanwhileIsConnectedAndEnded() {
        world.revocations.follow(new ListedChannel(world.clock), (revocation, since) -> {});
        world.revocations.revoke(new Revocation(Revocation.Kind.USER, "alice"), refused -> {});

        var revoked = world.connected(ALICE, 0);
        var other = world.connected(HubWorld.user("bob"), 0);
        world.settle();

        assertThat(revoked.ended).isEqualTo(Disconnect.UNAUTHENTICATED);
        assertThat(other.ended).isNull();
    }

    @Test
    void administeringTakesAGrantForEachChannel() {
        var admin =
                new Identity("ops", null, new Grants(List.of(new Grants.Grant("room:*", Set.of(Verb.ADMIN)))), null);

        var both = world.hub.administers(admin, List.of(CHANNEL, new ChannelName("room:2")));
        var one = world.hub.administers(admin, List.of(CHANNEL, new ChannelName("vault")));

        assertThat(both).isNull();
        assertThat(one).isNotNull().returns(ClientError.FORBIDDEN, Problem::error);
    }

    @Test
    void saysWhatAilsAnEngine() {
        var disk = new SimulatedDisk();
        try (var onDisk = new HubWorld(new HubConfig(), disk::start, null)) {
            onDisk.publish(CHANNEL, "1");
            var before = onDisk.hub.ailment();
            disk.fill();
            onDisk.hub.sweep();
            onDisk.settle();

            assertThat(before).isNull();
            assertThat(onDisk.hub.ailment()).startsWith("disk: ").contains("room");
            assertThat(onDisk.hub.engineHealth()).singleElement().satisfies(health -> {
                assertThat(health.engine()).isEqualTo("disk");
                assertThat(health.ailment()).contains("room");
            });
        }
        assertThat(world.hub.engineHealth()).containsExactly(new Hub.EngineHealth("memory", null));
    }

    @Test
    void aChannelThatRestsForAMinuteIsLetGoOf() {
        // The memory engine keeps what was published for as long as it lives: only an unused log is let go of.
        world.hub.presence(ALICE, CHANNEL, world.loop(0), members -> {});
        world.settle();

        world.hub.sweep();
        world.clock.advance(Duration.ofSeconds(59));
        world.hub.sweep();
        int before = world.hub.openChannels().size();
        world.clock.advance(Duration.ofSeconds(1));
        world.hub.sweep();

        assertThat(before).isEqualTo(1);
        assertThat(world.hub.openChannels()).isEmpty();
    }

    @Test
    void countsSessionsByTransport() {
        var first = world.connected(ALICE, 0);
        world.connected(ALICE, 0);
        first.session().close();
        first.session().close();

        var metrics = world.hub.metrics();
        assertThat(metrics.sessionsOpened("test")).isEqualTo(2);
        assertThat(metrics.sessionsClosed("test")).isEqualTo(1);
        assertThat(metrics.sessions()).isEqualTo(Map.of("test", 1L));
        assertThat(metrics.sessionsOpened("sse")).isZero();
    }

    private HubChannel channel() {
        return world.hub.openChannels().iterator().next();
    }

    private static Draft draft(String json) {
        return Draft.of(Payload.json(json.getBytes(StandardCharsets.US_ASCII)));
    }

    private Appended publish(Identity who, Draft draft) {
        return world.ask(then -> world.hub.publish(who, CHANNEL, draft, then));
    }

    private Outcome<Hub.Subscribed> subscribe(HubWorld.Client client, Start start) {
        return world.ask(then -> world.hub.subscribe(client.session(), CHANNEL, start, then));
    }

    private Optional<Problem> signal(Identity who, String event, String data) {
        var answers = new ArrayList<Optional<Problem>>();
        world.hub.signal(
                who,
                CHANNEL,
                event,
                data.getBytes(StandardCharsets.US_ASCII),
                refusal -> answers.add(Optional.ofNullable(refusal)));
        world.settle();
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    private static Hub.Subscribed done(Outcome<Hub.Subscribed> outcome) {
        if (outcome instanceof Outcome.Done<Hub.Subscribed>(var subscribed)) {
            return subscribed;
        }
        throw new AssertionError(outcome);
    }

    private static @Nullable ClientError refusal(Outcome<Hub.Subscribed> outcome) {
        return outcome instanceof Outcome.Refused<Hub.Subscribed>(var problem) ? problem.error() : null;
    }

    private static @Nullable ClientError error(Appended appended) {
        return appended instanceof Appended.Refused(var problem) ? problem.error() : null;
    }
}
