package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.auth.Anybody;
import io.sluice.auth.Authenticator;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.auth.OriginPolicy;
import io.sluice.auth.Tickets;
import io.sluice.config.LimitsConfig;
import io.sluice.http.ClientError;
import io.sluice.http.FuzzedConnection;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.HttpSettings;
import io.sluice.http.Problem;
import io.sluice.limit.Limits;
import io.sluice.testkit.ListedChannel;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who calls and about what, as it stands in the text of a request. */
final class CallersTest {
    private static final InetAddress PEER = InetAddress.ofLiteral("203.0.113.7");

    private final ManualClock clock = new ManualClock();
    private final Limits limits = new Limits(new LimitsConfig(), clock, new Random(1), () -> 0);
    private final Tickets tickets = new Tickets(
            clock,
            new SecureRandom(),
            Duration.ofSeconds(30),
            null,
            new ListedChannel(clock),
            new ListedChannel(clock));
    private final Callers anybody = new Callers(new Anybody(tickets, new OriginPolicy(List::of)), limits);
    private final Callers known = new Callers(new ByHeader(), limits);

    @Test
    void withoutTokensACallerIsWhoItSays() {
        assertThat(get(anybody, "/request?user=alice")).endsWith("alice");
        assertThat(get(anybody, "/request")).endsWith("nobody");
        assertThat(get(anybody, "/session?user=alice")).endsWith("alice");
    }

    @Test
    void aUserIsNamedAsAChannelMayBe() {
        var longest = "u".repeat(128);

        assertThat(get(anybody, "/request?user=" + longest)).endsWith(longest);
        assertThat(get(anybody, "/request?user=" + longest + "u")).contains("400", "\"field\":\"user\"");
        assertThat(get(anybody, "/request?user=")).contains(" 400 ");
        assertThat(get(anybody, "/request?user=a%20b")).contains(" 400 ");
    }

    @Test
    void whoShowsNothingIsToldWhatToShow() {
        assertThat(get(known, "/request"))
                .startsWith("HTTP/1.1 401 ")
                .contains("\r\nwww-authenticate: Bearer\r\n")
                .contains("urn:sluice:problem:unauthenticated");
        assertThat(get(known, "/session")).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void whoMaySayLaterWhoItIsIsLetInAndSaidToBeUnknown() {
        assertThat(get(known, "/later")).endsWith("nobody, unknown");
        assertThat(get(known, "/later", "who: alice")).endsWith("alice, known");
    }

    @Test
    void anExpiredTokenIsCalledInvalidAndAForbiddenOneIsNot() {
        assertThat(get(known, "/request", "who: expired"))
                .startsWith("HTTP/1.1 401 ")
                .contains("\r\nwww-authenticate: Bearer error=\"invalid_token\"\r\n");
        assertThat(get(known, "/request", "who: foreign"))
                .startsWith("HTTP/1.1 403 ")
                .doesNotContain("www-authenticate");
    }

    @Test
    void aCallersShareGoesWithItsName() {
        var publishes = new LimitsConfig().user().publishes().quota();
        var alice = new AtomicReference<Identity>();
        var routes = new HttpRoutes()
                .add(
                        "GET",
                        "/",
                        exchange -> known.identify(exchange, who -> {
                            alice.set(who);
                            exchange.respond(200, Unpooled.EMPTY_BUFFER);
                        }));

        send(routes, "/", "who: alice");
        var share = Objects.requireNonNull(alice.get()).share();
        for (int i = 0; i < publishes; i++) {
            assertThat(share.publish(1)).isNull();
        }

        assertThat(limits.ofRequest(PEER, "alice", null).publish(1)).isNotNull();
        assertThat(limits.ofRequest(PEER, "bob", null).publish(1)).isNull();
    }

    @Test
    void aUserWithTooManySessionsGetsNoMore() {
        int most = new LimitsConfig().maxSessionsPerUser();
        var alice = limits.ofSession(PEER, "alice", null);
        for (int i = 0; i < most; i++) {
            alice.opened();
        }

        assertThat(get(known, "/session", "who: alice"))
                .startsWith("HTTP/1.1 429 ")
                .contains("urn:sluice:problem:too-many-connections");
        assertThat(get(known, "/session", "who: bob")).endsWith("bob");
        assertThat(get(known, "/request", "who: alice")).endsWith("alice");
    }

    @Test
    void anAddressThatOpensTooOftenIsRefusedBeforeItIsAskedWhoItIs() {
        for (int i = 0; i < new LimitsConfig().address().connects().quota(); i++) {
            limits.arrive(PEER);
        }

        assertThat(get(known, "/session", "who: expired")).startsWith("HTTP/1.1 429 ");
        assertThat(get(known, "/later")).startsWith("HTTP/1.1 429 ");
        assertThat(get(known, "/request", "who: alice")).endsWith("alice");
    }

    @Test
    void aSessionThatRenewsKeepsItsPlaceAndItsBuckets() {
        var session = limits.ofSession(PEER, "alice", null);
        var alice = HubWorld.user("alice").taking(session);

        var same = renewed(known, "alice", alice);
        var other = renewed(known, "bob", alice);
        var refused = renewed(known, "expired", alice);

        assertThat(((Authenticator.Result.Known) same).identity().user()).isEqualTo("alice");
        assertThat(((Authenticator.Result.Known) other).identity().user()).isEqualTo("bob");
        assertThat(refused).isInstanceOf(Authenticator.Result.Refused.class);
    }

    @Test
    void aSessionBecomesAnotherUserOnlyWhereThatUserHasAPlace() {
        var bobs = limits.ofSession(PEER, "bob", null);
        for (int i = 0; i < new LimitsConfig().maxSessionsPerUser(); i++) {
            bobs.opened();
        }
        var alice = HubWorld.user("alice").taking(limits.ofSession(PEER, "alice", null));
        var bob = HubWorld.user("bob").taking(bobs);

        assertThat(renewed(known, "bob", alice))
                .isInstanceOfSatisfying(
                        Authenticator.Result.Refused.class,
                        refused -> assertThat(refused.problem().error()).isEqualTo(ClientError.TOO_MANY_CONNECTIONS));
        assertThat(renewed(known, "bob", bob)).isInstanceOf(Authenticator.Result.Known.class);
    }

    @Test
    void withoutTokensTheTokenOfALaterMessageIsTheName() {
        assertThat(renewed(anybody, "carol", Identity.ANYBODY))
                .isInstanceOfSatisfying(
                        Authenticator.Result.Known.class,
                        found -> assertThat(found.identity().user()).isEqualTo("carol"));
        assertThat(renewed(anybody, "", Identity.ANYBODY)).isInstanceOf(Authenticator.Result.Refused.class);
        assertThat(renewed(anybody, "a b", Identity.ANYBODY)).isInstanceOf(Authenticator.Result.Refused.class);
    }

    @Test
    void aSignatureIsPaidForUntilItIsGood() {
        var seen = new AtomicReference<@Nullable Problem>();
        var routes = new HttpRoutes()
                .add("GET", "/bad", exchange -> {
                    seen.set(known.mayCheckSignature(exchange));
                    exchange.respond(200, Unpooled.EMPTY_BUFFER);
                })
                .add("GET", "/good", exchange -> {
                    seen.set(known.mayCheckSignature(exchange));
                    assertThat(known.signed(exchange, HubWorld.user("provider")).user())
                            .isEqualTo("provider");
                    exchange.respond(200, Unpooled.EMPTY_BUFFER);
                });
        long most = new LimitsConfig().badTokens().quota();

        for (int i = 0; i < 3 * most; i++) {
            send(routes, "/good");
            assertThat(seen.get()).isNull();
        }
        for (int i = 0; i < most; i++) {
            send(routes, "/bad");
            assertThat(seen.get()).isNull();
        }
        send(routes, "/bad");

        assertThat(seen.get()).isNotNull().returns(ClientError.RATE_LIMITED, Problem::error);
    }

    @Test
    void channelsAreNamedOnceEachAndNotTooMany() {
        assertThat(get(anybody, "/channels?channel=a&channel=b&channel=a")).endsWith("[a, b]");
        assertThat(get(anybody, "/channels")).startsWith("HTTP/1.1 400 ").contains("\"limit\":" + Cursor.MAX_CHANNELS);
        assertThat(get(anybody, "/channels?channel=a&channel=a%20b"))
                .startsWith("HTTP/1.1 400 ")
                .contains("urn:sluice:problem:bad-channel", "\"field\":\"channel\"");
        assertThat(get(anybody, "/channels?" + "channel=a&".repeat(Cursor.MAX_CHANNELS) + "x=1"))
                .endsWith("[a]");
        assertThat(get(anybody, "/channels?" + "channel=a&".repeat(Cursor.MAX_CHANNELS + 1) + "x=1"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(get(anybody, "/of/room:1")).endsWith("room:1");
        assertThat(get(anybody, "/of/%24tickets")).startsWith("HTTP/1.1 400 ");
    }

    private String get(Callers callers, String target, String... fields) {
        return send(routes(callers), target, fields);
    }

    private static HttpRoutes routes(Callers callers) {
        return new HttpRoutes()
                .add("GET", "/request", exchange -> callers.identify(exchange, who -> answer(exchange, name(who))))
                .add("GET", "/session", exchange -> callers.open(exchange, who -> answer(exchange, name(who))))
                .add(
                        "GET",
                        "/later",
                        exchange -> callers.openIfAny(
                                exchange,
                                (who, unknown) -> answer(exchange, name(who) + (unknown ? ", unknown" : ", known"))))
                .add("GET", "/channels", exchange -> {
                    var names = Callers.channels(exchange);
                    if (names != null) {
                        answer(exchange, names.toString());
                    }
                })
                .add("GET", "/of/{channel}", exchange -> {
                    var name = Callers.channel(exchange);
                    if (name != null) {
                        answer(exchange, name.value());
                    }
                });
    }

    private static String name(Identity who) {
        return Objects.requireNonNullElse(who.user(), "nobody");
    }

    private static void answer(HttpExchange exchange, String text) {
        ByteBuf body = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        exchange.respond(200, body);
    }

    private String send(HttpRoutes routes, String target, String... fields) {
        try (var connection = new FuzzedConnection(routes, new HttpSettings(), new SimulatedLoops(1, clock), clock)) {
            var lines = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
            var request = "GET " + target + " HTTP/1.1\r\nhost: x\r\n" + lines + "\r\n";
            connection.receive(request.getBytes(StandardCharsets.US_ASCII), request.length());
            return new String(connection.sent(), StandardCharsets.US_ASCII);
        }
    }

    private static Authenticator.Result renewed(Callers callers, String token, Identity current) {
        var found = new AtomicReference<Authenticator.Result>();
        callers.renew(token, PEER, current, found::set);
        return Objects.requireNonNull(found.get());
    }

    /** Knows callers by the plain name in a field of theirs: what tokens say is tested where they are read. */
    private final class ByHeader implements Authenticator {
        @Override
        public void authenticate(HttpExchange exchange, Consumer<Result> result) {
            var who = exchange.headers().get("who");
            result.accept(who == null ? new Result.Absent() : found(who));
        }

        @Override
        public void authenticate(String token, InetAddress peer, Consumer<Result> result) {
            result.accept(found(token));
        }

        private static Result found(String who) {
            return switch (who) {
                case "expired" -> new Result.Refused(Problem.of(ClientError.TOKEN_EXPIRED, "it has expired"));
                case "foreign" -> new Result.Refused(Problem.of(ClientError.ORIGIN_REFUSED, "of another page"));
                default -> new Result.Known(new Identity(who, null, Grants.ALL, null));
            };
        }

        @Override
        public boolean acceptsAnybody() {
            return false;
        }

        @Override
        public Tickets tickets() {
            return tickets;
        }
    }
}
