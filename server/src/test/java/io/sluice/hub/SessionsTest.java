package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.auth.Revocation;
import io.sluice.auth.Revocation.Kind;
import io.sluice.config.ConfigReader;
import io.sluice.limit.Limits;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** All sessions of a server, and what ends them. */
final class SessionsTest {
    private static final ChannelName CHANNEL = new ChannelName("room:1");

    private final HubWorld world = new HubWorld();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void aDrainGivesEachItsOwnHintWithinTheSpread() {
        var clients = IntStream.range(0, 40)
                .mapToObj(i -> world.connected(HubWorld.user("u"), i % 2))
                .toList();

        world.hub.sessions().drain(Duration.ofMillis(9));
        world.settle();

        assertThat(clients)
                .allSatisfy(client -> assertThat(client.drained).isBetween(Duration.ZERO, Duration.ofMillis(9)));
        assertThat(clients.stream().map(client -> client.drained).distinct().count())
                .isGreaterThan(5);
        assertThat(clients).anySatisfy(client -> assertThat(client.drained).isEqualTo(Duration.ofMillis(9)));
    }

    @Test
    void aDrainWithoutASpreadIsAtOnceAndTellsNobodyWhoHasGone() {
        var there = world.connected(HubWorld.user("u"), 0);
        var gone = world.connected(HubWorld.user("u"), 0);

        world.hub.sessions().drain(Duration.ZERO);
        gone.session().close();
        world.settle();

        assertThat(there.drained).isEqualTo(Duration.ZERO);
        assertThat(gone.drained).isNull();
    }

    @Test
    void aRevocationEndsWhomItNamesAndNobodyElse() {
        var alice = world.connected(HubWorld.user("alice"), 0);
        var bob = world.connected(HubWorld.user("bob"), 1);
        var carol = world.connected(HubWorld.user("carol"), 1);
        var sessions = world.hub.sessions();
        var ofAlice = new Revocation(Kind.USER, "alice");
        var ofBobsToken = new Revocation(Kind.TOKEN_ID, "token-bob");

        int ends = sessions.endedBy(ofAlice);
        int endsNobody = sessions.endedBy(new Revocation(Kind.USER, "dave"));
        sessions.revoke(ofAlice, world.clock.now());
        sessions.revoke(ofBobsToken, world.clock.now());
        world.settle();

        assertThat(ends).isEqualTo(1);
        assertThat(endsNobody).isZero();
        assertThat(alice.ended).isEqualTo(Disconnect.UNAUTHENTICATED);
        assertThat(bob.ended).isEqualTo(Disconnect.UNAUTHENTICATED);
        assertThat(carol.ended).isNull();
    }

    @Test
    void aSessionThatClosedMeanwhileIsNotEndedAgain() {
        var alice = world.connected(HubWorld.user("alice"), 0);

        world.hub.sessions().revoke(new Revocation(Kind.USER, "alice"), world.clock.now());
        alice.session().close();
        world.settle();

        assertThat(alice.ended).isNull();
    }

    @Test
    void whoWaitsForNobodyDoesNotWait() {
        var sessions = world.hub.sessions();

        var client = world.connected(HubWorld.user("alice"), 0);
        boolean withOne = sessions.awaitNone(Duration.ZERO);
        client.session().close();
        boolean withNone = sessions.awaitNone(Duration.ofMinutes(1));

        assertThat(withOne).isFalse();
        assertThat(withNone).isTrue();
        assertThat(sessions.count()).isZero();
    }

    @Test
    void whoWaitsIsWokenByTheLastToLeave() throws InterruptedException {
        var sessions = world.hub.sessions();
        var first = world.connected(HubWorld.user("alice"), 0).session();
        var last = world.connected(HubWorld.user("bob"), 0).session();
        var none = new AtomicReference<Boolean>();
        var waiting = waiting(() -> none.set(sessions.awaitNone(Duration.ofHours(1))));

        first.close();
        var early = none.get();
        last.close();
        waiting.join();

        assertThat(early).isNull();
        assertThat(none.get()).isTrue();
    }

    @Test
    void whoWaitedLongEnoughIsToldThatSomeAreLeft() throws InterruptedException {
        var sessions = world.hub.sessions();
        world.after(Duration.ofMinutes(1));
        world.connected(HubWorld.user("alice"), 0);
        var none = new AtomicReference<Boolean>();

        var waiting = waiting(() -> none.set(sessions.awaitNone(Duration.ofMillis(20))));
        world.clock.advance(Duration.ofMillis(20));
        waiting.join();

        assertThat(none.get()).isFalse();
    }

    @Test
    void whoIsInterruptedWhileWaitingStaysInterrupted() throws InterruptedException {
        var sessions = world.hub.sessions();
        world.connected(HubWorld.user("alice"), 0);
        var none = new AtomicReference<Boolean>();
        var interrupted = new AtomicReference<Boolean>();
        var waiting = waiting(() -> {
            none.set(sessions.awaitNone(Duration.ofHours(1)));
            interrupted.set(Thread.interrupted());
        });

        waiting.interrupt();
        waiting.join();

        assertThat(none.get()).isFalse();
        assertThat(interrupted.get()).isTrue();
    }

    /** A thread that has begun to wait in {@code task}. */
    private static Thread waiting(Runnable task) {
        var thread = Thread.ofPlatform().daemon().start(task);
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void idsAreTheirOwn() {
        var first = world.connected(HubWorld.user("alice"), 0).session();
        var second = world.connected(HubWorld.user("alice"), 0).session();

        assertThat(first.id()).isNotEmpty().isNotEqualTo(second.id());
        assertThat(world.hub.sessions().all()).containsExactlyInAnyOrder(first, second);
        assertThat(first.opened()).isEqualTo(world.clock.now());
        assertThat(second.loop()).isSameAs(world.loop(0));
    }

    @Test
    void countsForItsUserFromItsBeginningToItsEnd() {
        var config = ConfigReader.parse("limits:\n  max_sessions_per_user: 1", "test.yaml", Map.of());
        var limits = new Limits(config.limits(), world.clock, new Random(1), () -> 0);
        var ofAlice = limits.ofSession(InetAddress.ofLiteral("203.0.113.7"), "alice", null);
        var ofBob = ofAlice.as("bob", null);

        var before = ofAlice.place();
        var session = world.connected(HubWorld.user("alice").taking(ofAlice), 0).session();
        var connected = ofAlice.place();
        session.identify(HubWorld.user("bob").taking(ofBob));
        var gone = ofAlice.place();
        var instead = ofBob.place();
        session.close();
        var closed = ofBob.place();

        assertThat(before).isNull();
        assertThat(connected).isNotNull();
        assertThat(gone).isNull();
        assertThat(instead).isNotNull();
        assertThat(closed).isNull();
    }

    @Test
    void anotherUserInTheSameSessionLeavesAndJoins() {
        var watcher = world.subscribed(HubWorld.user("watcher"), 1, CHANNEL);
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        watcher.notices.clear();

        client.session().identify(HubWorld.user("bob"));
        world.settle();
        world.after(HubWorld.GRACE.plusSeconds(1));
        world.hub.sweep();
        world.settle();

        assertThat(watcher.notices)
                .hasSize(2)
                .anySatisfy(notice -> assertThat(notice).contains("join").contains("bob"))
                .anySatisfy(notice -> assertThat(notice).contains("leave").contains("alice"));
    }

    @Test
    void theSameUserWithANewTokenIsNoNews() {
        var watcher = world.subscribed(HubWorld.user("watcher"), 1, CHANNEL);
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        watcher.notices.clear();

        client.session().identify(new Identity("alice", "another", Grants.ALL, null));
        world.after(HubWorld.GRACE.plusSeconds(1));
        world.hub.sweep();
        world.settle();

        assertThat(watcher.notices).isEmpty();
        assertThat(client.session().identity().tokenId()).isEqualTo("another");
    }

    @Test
    void aSilentClientIsAbsentUntilItIsHeardAgain() {
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        var watcher = world.subscribed(HubWorld.user("watcher"), 1, CHANNEL);
        watcher.notices.clear();

        client.session().present(false);
        client.session().present(false);
        world.after(HubWorld.GRACE.plusSeconds(1));
        world.hub.sweep();
        world.settle();
        client.session().present(true);
        world.settle();

        assertThat(watcher.notices).hasSize(2);
        assertThat(watcher.notices.getFirst()).contains("leave").contains("alice");
        assertThat(watcher.notices.getLast()).contains("join").contains("alice");
    }

    @Test
    void whatIsHeldWaitsForTheLastRelease() {
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        client.session().hold();
        client.session().hold();
        world.publish(CHANNEL, "1");

        client.session().release();
        world.settle();
        var after = List.copyOf(client.received);
        client.session().release();
        world.settle();

        assertThat(after).isEmpty();
        assertThat(client.received).containsExactly("room:1 1");
    }

    @Test
    void whatIsSubscribedWhileAnAnswerIsMadeWaitsForItToo() {
        world.publish(CHANNEL, "1");
        var client = world.connected(HubWorld.user("alice"), 0);
        client.session().hold();

        world.hub.subscribe(client.session(), CHANNEL, new Start.Earliest(), outcome -> {});
        world.settle();
        int held = client.received.size();
        client.session().release();

        assertThat(held).isZero();
        assertThat(client.received).containsExactly("room:1 1");
    }

    @Test
    void whoReadsAgainGoesOnInEveryChannel() {
        var other = new ChannelName("other");
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        world.hub.subscribe(client.session(), other, new Start.Latest(), outcome -> {});
        world.settle();
        client.writable = false;
        world.publish(CHANNEL, "1");
        world.publish(other, "1");

        client.writable = true;
        client.session().resume();
        world.settle();

        assertThat(client.received).containsExactlyInAnyOrder("room:1 1", "other 1");
        assertThat(client.session().subscriptionCount()).isEqualTo(2);
    }

    @Test
    void whoUnsubscribesIsToldNothingMoreAndIsNotThere() {
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);

        boolean first = client.session().unsubscribe(CHANNEL);
        boolean second = client.session().unsubscribe(CHANNEL);
        world.publish(CHANNEL, "1");
        world.after(HubWorld.GRACE);
        world.hub.sweep();
        List<Hub.Member> members =
                done(world.ask(then -> world.hub.presence(HubWorld.user("bob"), CHANNEL, world.loop(0), then)));

        assertThat(first).isTrue();
        assertThat(second).isFalse();
        assertThat(client.received).isEmpty();
        assertThat(client.session().subscriptionCount()).isZero();
        assertThat(client.session().subscription(CHANNEL)).isNull();
        assertThat(members).isEmpty();
    }

    private static <T> T done(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Done<T>(var value)) {
            return value;
        }
        throw new AssertionError(outcome);
    }
}
