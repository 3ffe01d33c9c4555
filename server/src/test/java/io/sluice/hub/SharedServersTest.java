package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SharedEngine;
import io.sluice.testkit.SignedTokens;
import io.sluice.testkit.WebSocketClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two servers over one engine, as behind one balancer: a ticket works once, and what is revoked is revoked, on both. */
class SharedServersTest {
    private final ManualClock clock = new ManualClock();
    private final SharedEngine engine = new SharedEngine(clock);
    private final EdgeServer one = start();
    private final EdgeServer other = start();
    private final ApiClient first = new ApiClient(one);
    private final ApiClient second = new ApiClient(other);

    private EdgeServer start() {
        return EdgeServer.sharing(
                engine, clock, "auth: {mode: jwt, clock_skew: 0s, secret: %s}".formatted(SignedTokens.SECRET));
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
        engine.close();
    }

    @Test
    void aTicketOfOneServerOpensTheOtherAndThenNeither() {
        var ticket = ticket(first);

        var used = read(second, ticket);
        var again = List.of(read(first, ticket), read(second, ticket));

        assertThat(used.status()).isEqualTo(200);
        assertThat(again)
                .allMatch(answer -> answer.status() == 401 && answer.problem().equals("unauthenticated"));
    }

    @Test
    void ofManyWhoUseATicketAtOnceOnBothServersOneComesIn() {
        var ticket = ticket(second);

        var answers = IntStream.range(0, 40)
                .mapToObj(i ->
                        (i % 2 == 0 ? first : second).begin("GET", "/v1/channels/news/messages?ticket=" + ticket, ""))
                .toList();

        assertThat(answers.stream().map(answer -> answer.join().status()))
                .hasSize(40)
                .containsOnlyOnce(200)
                .containsOnly(200, 401);
    }

    @Test
    void aUserThatIsRevokedOnOneServerIsCutAndRefusedOnTheOther() {
        var old = token("alice");
        try (var alice = connected(other, old);
                var bob = connected(other, token("bob"))) {
            clock.advance(Duration.ofSeconds(1));
            var revoked = first.admin("/v1/admin/revoke", "{\"user\":\"alice\"}");

            assertThat(revoked.status()).isEqualTo(200);
            assertThat(alice.closeCode()).isEqualTo(4401);
            assertThat(bearer(second, old).problem()).isEqualTo("unauthenticated");
            assertThat(bearer(first, old).problem()).isEqualTo("unauthenticated");
            assertThat(bob.call("ping", "").path("type").asString()).isEqualTo("pong");
            clock.advance(Duration.ofSeconds(1));
            assertThat(bearer(second, token("alice")).status()).isEqualTo(200);
        }
    }

    @Test
    void aSessionIsCutWhereverItIs() {
        var token = token("alice");
        try (var there = WebSocketClient.open(other, "/v1/ws", 0)) {
            var id = there.next().path("session").asString();
            there.call("auth", "\"token\":\"" + token + "\"");

            first.admin("/v1/admin/revoke", "{\"session\":\"" + id + "\"}");

            assertThat(there.closeCode()).isEqualTo(4401);
            assertThat(bearer(second, token).status()).isEqualTo(200);
        }
    }

    @Test
    void aServerThatStartsLaterKnowsWhatWasRevoked() {
        var named = SignedTokens.sign(
                SignedTokens.claims("alice", clock.now(), Duration.ofHours(1)).jwtID("t1"));
        first.admin("/v1/admin/revoke", "{\"token_id\":\"t1\"}");

        try (var later = start()) {
            assertThat(bearer(new ApiClient(later), named).problem()).isEqualTo("unauthenticated");
            assertThat(bearer(new ApiClient(later), token("alice")).status()).isEqualTo(200);
        }
    }

    @Test
    void aTicketOfARevokedTokenIsRevokedToo() {
        var ticket = ticket(first);
        clock.advance(Duration.ofSeconds(1));
        second.admin("/v1/admin/revoke", "{\"user\":\"alice\"}");

        Eventually.holds(() -> bearer(first, token("alice", -1)).status() == 401);

        assertThat(read(first, ticket).problem()).isEqualTo("unauthenticated");
    }

    @Test
    void theServersOwnChannelsCannotBeNamedByClients() {
        ticket(first);
        var authorization = new String[] {"authorization", "Bearer " + token("alice")};
        try (var socket = connected(one, token("alice"))) {
            for (var name : List.of("$tickets", "$ticket-secrets", "$revocations")) {
                var encoded = name.replace("$", "%24");

                assertThat(first.get("/v1/channels/" + encoded + "/messages", authorization)
                                .problem())
                        .isEqualTo("bad-channel");
                assertThat(first.post("/v1/channels/" + encoded + "/messages", "1", authorization)
                                .problem())
                        .isEqualTo("bad-channel");
                assertThat(first.get("/v1/events?channel=" + encoded, authorization)
                                .problem())
                        .isEqualTo("bad-channel");
                assertThat(socket.call("subscribe", "\"channel\":\"" + name + "\"")
                                .path("code")
                                .asString())
                        .isEqualTo("bad-channel");
                assertThat(socket.call("publish", "\"channel\":\"" + name + "\",\"data\":1")
                                .path("code")
                                .asString())
                        .isEqualTo("bad-channel");
            }
        }
        assertThat(first.admin("/v1/admin/channels").body()).doesNotContain("$");
    }

    private String token(String user) {
        return token(user, 0);
    }

    private String token(String user, int ageSeconds) {
        return SignedTokens.of(user, clock.now().plusSeconds(ageSeconds), Duration.ofHours(1));
    }

    private String ticket(ApiClient api) {
        return api.post("/v1/tickets", "", "authorization", "Bearer " + token("alice"))
                .json()
                .path("ticket")
                .asString();
    }

    private static ApiClient.Answer read(ApiClient api, String ticket) {
        return api.get("/v1/channels/news/messages?ticket=" + ticket);
    }

    private static ApiClient.Answer bearer(ApiClient api, String token) {
        return api.get("/v1/channels/news/messages", "authorization", "Bearer " + token);
    }

    private static WebSocketClient connected(EdgeServer server, String token) {
        var socket = WebSocketClient.connect(server);
        assertThat(socket.call("auth", "\"token\":\"" + token + "\"")
                        .path("type")
                        .asString())
                .isEqualTo("ok");
        return socket;
    }
}
