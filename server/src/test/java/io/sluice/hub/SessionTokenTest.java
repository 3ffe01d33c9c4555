package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.SignedTokens;
import io.sluice.testkit.WebSocketClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of live sessions when their token expires, is renewed or is revoked. */
class SessionTokenTest {
    private final ManualClock clock = new ManualClock();
    private final EdgeServer server = EdgeServer.configured(clock, """
            auth: {mode: jwt, secret: %s, clock_skew: 0s, expiry_warning: 10s}
            """.formatted(SignedTokens.SECRET));
    private final ApiClient api = new ApiClient(server);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aSessionIsWarnedAndThenEndsWithItsToken() {
        try (var socket = connected(token("alice", 40))) {
            clock.advance(Duration.ofSeconds(30));
            var warning = socket.next("expiring");
            clock.advance(Duration.ofSeconds(10));

            assertThat(warning.path("in_ms").asLong()).isBetween(9_000L, 10_000L);
            assertThat(socket.closeCode()).isEqualTo(4401);
        }
    }

    @Test
    void aRenewedSessionGoesOnWithItsSubscriptions() {
        try (var socket = connected(token("alice", 40))) {
            socket.call("subscribe", "\"channel\":\"news\"");
            clock.advance(Duration.ofSeconds(30));
            socket.next("expiring");

            socket.call("auth", "\"token\":\"" + token("alice", 50) + "\"");
            clock.advance(Duration.ofSeconds(20));
            publish("1");

            assertThat(socket.next("message").path("data").asInt()).isEqualTo(1);
            assertThat(socket.call("publish", "\"channel\":\"news\",\"data\":2")
                            .path("type")
                            .asString())
                    .isEqualTo("ok");
        }
    }

    @Test
    void anEventStreamEndsWithItsToken() {
        try (var stream = RawClient.connect(server.port())) {
            stream.send("GET /v1/events?channel=news HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                    + token("alice", 20) + "\r\n\r\n");
            stream.readUntil("retry:");

            clock.advance(Duration.ofSeconds(20));

            stream.readToEnd();
            Eventually.holds(() -> server.hub().sessions().count() == 0);
        }
    }

    @Test
    void revokingAUserCutsItsSessionsAndRefusesItsOldTokens() {
        var old = token("alice", 3600);
        try (var alice = connected(old);
                var bob = connected(token("bob", 3600))) {
            clock.advance(Duration.ofSeconds(1));
            var revoked = api.admin("/v1/admin/revoke", "{\"user\":\"alice\"}");

            assertThat(revoked.status()).isEqualTo(200);
            assertThat(revoked.json().path("sessions").asInt()).isEqualTo(1);
            assertThat(alice.closeCode()).isEqualTo(4401);
            assertThat(read(old).problem()).isEqualTo("unauthenticated");
            assertThat(bob.call("ping", "").path("type").asString()).isEqualTo("pong");
            clock.advance(Duration.ofSeconds(1));
            assertThat(read(token("alice", 3600)).status()).isEqualTo(200);
        }
    }

    @Test
    void revokingATokenCutsTheSessionsThatShowedIt() {
        var named = SignedTokens.sign(
                SignedTokens.claims("alice", clock.now(), Duration.ofHours(1)).jwtID("t1"));
        try (var cut = connected(named);
                var other = connected(token("alice", 3600))) {
            api.admin("/v1/admin/revoke", "{\"token_id\":\"t1\"}");

            assertThat(cut.closeCode()).isEqualTo(4401);
            assertThat(other.call("ping", "").path("type").asString()).isEqualTo("pong");
            assertThat(read(named).problem()).isEqualTo("unauthenticated");
        }
    }

    @Test
    void revokingASessionCutsItAndNothingElse() {
        var token = token("alice", 3600);
        try (var cut = WebSocketClient.open(server, "/v1/ws", 0)) {
            var id = cut.next().path("session").asString();
            cut.call("auth", "\"token\":\"" + token + "\"");

            var revoked = api.admin("/v1/admin/revoke", "{\"session\":\"" + id + "\"}");

            assertThat(revoked.json().path("sessions").asInt()).isEqualTo(1);
            assertThat(cut.closeCode()).isEqualTo(4401);
            assertThat(read(token).status()).isEqualTo(200);
        }
    }

    @Test
    void revokingSaysWhatItNeeds() {
        assertThat(api.admin("/v1/admin/revoke", "{}").problem()).isEqualTo("bad-request");
        assertThat(api.admin("/v1/admin/revoke", "{\"user\":\"a\",\"session\":\"b\"}")
                        .problem())
                .isEqualTo("bad-request");
        assertThat(api.admin("/v1/admin/revoke", "{\"user\":\"a\\nb\"}").problem())
                .isEqualTo("bad-request");
        assertThat(api.admin("/v1/admin/revoke", "nonsense").problem()).isEqualTo("bad-json");
    }

    @Test
    void aTokenWithABrokenPatternIsRefused() {
        var broken = SignedTokens.sign(SignedTokens.claims("alice", clock.now(), Duration.ofHours(1))
                .claim(
                        "grants",
                        java.util.List.of(
                                java.util.Map.of("channels", "chat:*:x", "can", java.util.List.of("publish")))));

        var answer = read(broken);

        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.json().path("detail").asString()).contains("channels: must be");
    }

    private String token(String user, int seconds) {
        return SignedTokens.of(user, clock.now(), Duration.ofSeconds(seconds));
    }

    private ApiClient.Answer read(String token) {
        return api.get("/v1/channels/news/messages", "authorization", "Bearer " + token);
    }

    private void publish(String data) {
        var answer = api.post("/v1/channels/news/messages", data, "authorization", "Bearer " + token("backend", 60));
        assertThat(answer.status()).isEqualTo(201);
    }

    private WebSocketClient connected(String token) {
        var socket = WebSocketClient.connect(server);
        assertThat(socket.call("auth", "\"token\":\"" + token + "\"")
                        .path("type")
                        .asString())
                .isEqualTo("ok");
        return socket;
    }
}
