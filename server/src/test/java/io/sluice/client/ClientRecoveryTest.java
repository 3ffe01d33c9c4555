package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.attack.FaultProxy;
import io.sluice.config.DataSize;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.ServerProcess;
import io.sluice.testkit.SignedTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the client does when servers, networks and tokens fail. */
class ClientRecoveryTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final List<ConnectionState> states = new CopyOnWriteArrayList<>();

    private SluiceClient.Builder at(Object server) {
        return SluiceClient.at(server.toString())
                .timing(Quick.HUNDREDTH)
                .pollInterval(Duration.ofMillis(20))
                .onState(states::add);
    }

    @Test
    void aServerThatWasKilledAndStartedAgainIsResumed(@TempDir Path data) {
        try (var server = ServerProcess.demo(data, Map.of());
                var client = at(server.edge()).connect()) {
            var news = client.channel("news");
            var subscription = news.subscribe("latest");
            subscription.awaitStart(SOON);
            news.publish("1");
            subscription.next();
            server.kill();
            var queued = news.publishLater(Draft.json("2"));
            server.startAgain();

            long started = System.nanoTime();
            var next = (Publication) subscription.next(SOON).orElseThrow();
            System.out.println("resumed after a restart in " + (System.nanoTime() - started) / 1_000_000 + " ms");

            assertThat(next.data()).isEqualTo("2");
            assertThat(queued.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS)
                            .join()
                            .position())
                    .isEqualTo(next.position());
            assertThat(states).anyMatch(ConnectionState.Waiting.class::isInstance);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.class,
            names = {"WEBSOCKET", "SSE"})
    void aDrainingServerIsLeftAndAskedAgainWhenItSaid(Transport transport) {
        try (var server = EdgeServer.inMemory();
                var client = at(server.uri("")).transports(transport).connect()) {
            client.channel("a").subscribe("latest").awaitStart(SOON);

            server.drain(Duration.ofMillis(200));

            Eventually.holds(() -> states.stream()
                    .anyMatch(state -> state instanceof ConnectionState.Waiting(var pause, var why)
                            && why.code() == ProblemCode.DRAINING
                            && why.retryAfter().isPresent()
                            && pause.compareTo(why.retryAfter().get()) >= 0));
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anExpiredTokenIsReplacedAndReadingGoesOn(Transport transport) {
        var clock = new ManualClock();
        var asked = new AtomicInteger();
        try (var server = EdgeServer.configured(
                        clock,
                        "auth: {mode: jwt, secret: %s, clock_skew: 0s, expiry_warning: 10s}"
                                .formatted(SignedTokens.SECRET));
                var client = at(server.uri(""))
                        .transports(transport)
                        .tokens(() -> {
                            asked.incrementAndGet();
                            return SignedTokens.of("alice", clock.now(), Duration.ofSeconds(40));
                        })
                        .connect()) {
            var subscription = client.channel("a").subscribe("latest");
            subscription.awaitStart(SOON);
            for (int step = 0; step < 6; step++) {
                clock.advance(Duration.ofSeconds(15));
                client.channel("a").publish(String.valueOf(step));
                assertThat(publication(subscription).data()).isEqualTo(String.valueOf(step));
            }

            assertThat(asked.get()).isBetween(2, 6);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aTokenThatIsRefusedAgainEndsTheClient(Transport transport) {
        var asked = new AtomicInteger();
        try (var server = EdgeServer.configured(
                        new ManualClock(), "auth: {mode: jwt, secret: %s}".formatted(SignedTokens.SECRET));
                var client = at(server.uri(""))
                        .transports(transport)
                        .tokens(() -> "nonsense" + asked.incrementAndGet())
                        .connect()) {
            var ended = new CompletableFuture<SluiceException>();
            client.channel("a").subscribe(new SubscriptionListener() {
                @Override
                public void onPublication(Publication publication) {
                    throw new AssertionError(publication);
                }

                @Override
                public void onEnded(SluiceException why) {
                    ended.complete(why);
                }
            });

            assertThat(ended.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS)
                            .join()
                            .code())
                    .isEqualTo(ProblemCode.UNAUTHENTICATED);
            assertThat(client.state()).isInstanceOf(ConnectionState.Failed.class);
            assertThat(asked).hasValue(2);
            assertThatThrownBy(() -> client.channel("b").subscribe("latest")).isInstanceOf(SluiceException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aForbiddenChannelEndsAndTheOthersGoOn(Transport transport) {
        var clock = new ManualClock();
        var grants = List.of(Map.of("channels", "open", "can", List.of("subscribe", "publish", "history")));
        try (var server = EdgeServer.configured(clock, "auth: {mode: jwt, secret: %s}".formatted(SignedTokens.SECRET));
                var client = at(server.uri(""))
                        .transports(transport)
                        .token(SignedTokens.sign(
                                SignedTokens.claims("alice", clock.now(), SOON).claim("grants", grants)))
                        .connect()) {
            var closed = client.channel("closed").subscribe("latest");
            var open = client.channel("open").subscribe("latest");

            assertThatThrownBy(() -> closed.next(SOON))
                    .isInstanceOfSatisfying(
                            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.FORBIDDEN));
            open.awaitStart(SOON);
            client.channel("open").publish("1");
            assertThat(open.next(SOON)).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void whatIsNoLongerHeldIsToldAsAGapBeforeAnythingNewer(Transport transport) {
        try (var server = EdgeServer.with(new NamespaceConfig()
                        .on("memory", Durability.MEMORY)
                        .keeping(5, DataSize.mib(1), Duration.ofDays(1)));
                var client = at(server.uri("")).transports(transport).connect()) {
            var channel = client.channel("a");
            var first = channel.publish("0");
            for (int i = 1; i < 20; i++) {
                channel.publish(String.valueOf(i));
            }

            var subscription = channel.subscribe(first.position());
            var gap = (Gap) subscription.next(SOON).orElseThrow();
            var next = (Publication) subscription.next(SOON).orElseThrow();

            long to = Long.parseLong(gap.to().substring(gap.to().indexOf('.') + 1));
            assertThat(gap.from()).endsWith(".2");
            assertThat(next.position()).endsWith("." + (to + 1));
            assertThat(next.data()).isEqualTo(String.valueOf(to)).isNotEqualTo("1");
        }
    }

    @Test
    void aRateIsKeptByWaitingAsLongAsTheServerSays() {
        try (var server = EdgeServer.configured(new ManualClock(), "limits: {exempt: [], address: {publishes: 2/1s}}");
                var client = at(server.uri("")).patience(Duration.ZERO).connect()) {
            client.channel("a").publish("1");
            client.channel("a").publish("2");

            assertThatThrownBy(() -> client.channel("a").publish("3"))
                    .isInstanceOfSatisfying(SluiceException.class, e -> {
                        assertThat(e.code()).isEqualTo(ProblemCode.RATE_LIMITED);
                        assertThat(e.retryAfter()).isPresent();
                    });
        }
    }

    @Test
    void aTransportThatDoesNotGetThroughGivesWayToTheNext() {
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port());
                var client = at(proxy.uri()).connect()) {
            proxy.doesNotKnow(Set.of("/v1/ws", "/v1/events"));
            var subscription = client.channel("a").subscribe("latest");
            subscription.awaitStart(SOON);
            client.channel("a").publish("1");

            assertThat(subscription.next(SOON)).isPresent();
            // A poll is live once what its first answer brought has been handed over.
            Eventually.holds(() -> client.state() instanceof ConnectionState.Live && states.contains(client.state()));
            assertThat(states)
                    .startsWith(
                            new ConnectionState.Connecting(Transport.WEBSOCKET, 1),
                            new ConnectionState.Connecting(Transport.SSE, 1),
                            new ConnectionState.Connecting(Transport.LONG_POLL, 1),
                            new ConnectionState.Live(Transport.LONG_POLL));
        }
    }

    @Test
    void aServerThatNeverAnswersIsGivenUpAfterTheRetriesAllowed() {
        try (var client = at("http://127.0.0.1:1").maxRetries(3).connect()) {
            var subscription = client.channel("a").subscribe("latest");

            assertThatThrownBy(subscription::next)
                    .isInstanceOfSatisfying(
                            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.UNREACHABLE));
            assertThat(client.state()).isInstanceOf(ConnectionState.Failed.class);
            assertThat(states.stream().filter(ConnectionState.Waiting.class::isInstance))
                    .hasSize(3);
        }
    }

    @Test
    void aMessageWhoseAnswerGotLostIsStoredOnce() {
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port());
                var client = at(proxy.uri()).connect()) {
            client.channel("a").publish("1");
            proxy.cutAfter(0);

            var published = client.channel("a").publish("2");

            assertThat(published.replayed()).isTrue();
            assertThat(client.channel("a").newest(10).publications())
                    .extracting(Publication::data)
                    .containsExactly("1", "2");
        }
    }

    @Test
    void messagesWaitInOrderWhileTheServerIsAwayAndAreBounded() {
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port());
                var client = at(proxy.uri()).queue(3).connect()) {
            proxy.refuse(true);
            var channel = client.channel("a");
            var results = new ArrayList<CompletableFuture<Published>>();
            for (int i = 0; i < 3; i++) {
                results.add(channel.publishLater(Draft.json(String.valueOf(i))));
            }

            assertThat(client.unsent()).hasSize(3);
            assertThatThrownBy(() -> channel.publishLater(Draft.json("3")))
                    .isInstanceOfSatisfying(
                            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.QUEUE_FULL));
            proxy.refuse(false);
            results.forEach(CompletableFuture::join);

            assertThat(channel.newest(10).publications())
                    .extracting(Publication::data)
                    .containsExactly("0", "1", "2");
            assertThat(client.unsent()).isEmpty();
        }
    }

    @Test
    void aWaitEndsWhenTheApplicationKnowsThatTheServerIsBack() {
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port());
                var client = at(proxy.uri())
                        .timing(new Quick(0.999))
                        .backoff(Duration.ofHours(1), Duration.ofHours(1))
                        .connect()) {
            proxy.refuse(true);
            var subscription = client.channel("a").subscribe("latest");
            var queued = client.channel("a").publishLater(Draft.json("1"));
            Eventually.holds(() -> client.state() instanceof ConnectionState.Waiting);
            proxy.refuse(false);

            Eventually.holds(() -> {
                client.retry();
                return queued.isDone();
            });

            subscription.awaitStart(SOON);
            assertThat(queued.join().replayed()).isFalse();
        }
    }

    @Test
    void aClientGoesOnOverTheTransportsThatItIsTold() {
        try (var server = EdgeServer.inMemory();
                var client = at(server.uri("")).connect()) {
            var subscription = client.channel("a").subscribe("latest");
            subscription.awaitStart(SOON);
            var seen = new ArrayList<String>();
            for (var transport :
                    List.of(Transport.LONG_POLL, Transport.SSE, Transport.SHORT_POLL, Transport.WEBSOCKET)) {
                client.useTransports(transport);
                Eventually.holds(() -> client.state().equals(new ConnectionState.Live(transport)));
                client.channel("a").publish('"' + transport.label() + '"');
                seen.add(publication(subscription).data());
            }

            assertThat(seen).containsExactly("\"longpoll\"", "\"sse\"", "\"poll\"", "\"websocket\"");
            client.useTransports();
            client.channel("a").publish("1");
            assertThat(publication(subscription).data()).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void closingFreesTheConnectionAndEndsWhatWaits(Transport transport) {
        try (var server = EdgeServer.inMemory();
                var proxy = FaultProxy.before(server.port())) {
            var client = at(proxy.uri()).transports(transport).connect();
            var subscription = client.channel("a").subscribe("latest");
            subscription.awaitStart(SOON);

            client.close();

            assertThatThrownBy(subscription::next)
                    .isInstanceOfSatisfying(
                            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.CLOSED));
            Eventually.holds(() -> proxy.connections() == 0);
            Eventually.holds(() -> server.hub().sessions().count() == 0);
            assertThat(client.state()).isEqualTo(new ConnectionState.Closed());
        }
    }

    /** The next publication; who comes and goes is passed over. */
    private static Publication publication(Subscription subscription) {
        var event = subscription.next(SOON).orElseThrow();
        return event instanceof Publication publication ? publication : publication(subscription);
    }
}
