package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.SignedTokens;
import io.sluice.testkit.WebSocketClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The four ways in, over sockets: header, cookie with Origin, first message, ticket; and how each is refused. */
class WaysInTest {
    private final ManualClock clock = new ManualClock();
    private final EdgeServer server = EdgeServer.configured(clock, """
            edge: {allowed_origins: ['https://app.example']}
            auth: {mode: jwt, secret: %s}
            """.formatted(SignedTokens.SECRET));
    private final ApiClient api = new ApiClient(server);
    private final String token = SignedTokens.of("alice", clock.now(), Duration.ofHours(1));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aHeaderOpensAWebSocketAndARequest() {
        var head = handshake("/v1/ws", "Authorization: Bearer " + token);
        var read = api.get("/v1/channels/news/messages", "authorization", "Bearer " + token);

        assertThat(head).startsWith("HTTP/1.1 101 ");
        assertThat(read.status()).isEqualTo(200);
    }

    @Test
    void withoutCredentialsARequestIsToldWhatToSend() {
        var answer = api.get("/v1/channels/news/messages");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
    }

    @Test
    void aCookieCountsOnlyWithAnAllowedOrigin() {
        var cookie = "Cookie: sluice_token=" + token;

        assertThat(handshake("/v1/ws", cookie, "Origin: https://app.example")).startsWith("HTTP/1.1 101 ");
        for (var origin : List.of(
                "https://app.example.evil.example",
                "https://app.example:8443",
                "http://app.example",
                "https://app.exampl",
                "null",
                "https://APP.example ,https://app.example")) {
            assertThat(handshake("/v1/ws", cookie, "Origin: " + origin))
                    .as(origin)
                    .startsWith("HTTP/1.1 403 ")
                    .contains("urn:sluice:problem:origin-refused");
        }
    }

    @Test
    void aCookieWithoutOriginIsRefused() {
        var answer = api.get("/v1/channels/news/messages", "cookie", "sluice_token=" + token);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.problem()).isEqualTo("origin-refused");
    }

    @Test
    void aTokenInTheQueryCountsForNothing() {
        assertThat(api.get("/v1/channels/news/messages?token=" + token).status())
                .isEqualTo(401);
    }

    @Test
    void aFirstMessageIdentifiesAndNothingElseComesBeforeIt() {
        try (var socket = WebSocketClient.connect(server)) {
            var early = socket.call("subscribe", "\"channel\":\"news\"");
            var wrong = socket.call("auth", "\"token\":\"rubbish\"");
            var known = socket.call("auth", "\"token\":\"" + token + "\"");
            var subscribed = socket.call("subscribe", "\"channel\":\"news\"");

            assertThat(early.path("code").asString()).isEqualTo("unauthenticated");
            assertThat(wrong.path("code").asString()).isEqualTo("unauthenticated");
            assertThat(known.path("user").asString()).isEqualTo("alice");
            assertThat(subscribed.path("type").asString()).isEqualTo("ok");
        }
    }

    @Test
    void aMegabyteAsATokenIsRefusedAndTheSessionGoesOn() {
        try (var socket = WebSocketClient.connect(server)) {
            var huge = socket.call("auth", "\"token\":\"" + "e".repeat(1_000_000) + "\"");
            var known = socket.call("auth", "\"token\":\"" + token + "\"");

            assertThat(huge.path("code").asString()).isEqualTo("unauthenticated");
            assertThat(huge.path("message").asString()).contains("longer than");
            assertThat(known.path("type").asString()).isEqualTo("ok");
        }
    }

    @Test
    void aTicketOpensOneConnectionOfAnyKindOnce() {
        var ticket = ticket();

        assertThat(handshake("/v1/ws?ticket=" + ticket)).startsWith("HTTP/1.1 101 ");
        assertThat(handshake("/v1/ws?ticket=" + ticket))
                .startsWith("HTTP/1.1 401 ")
                .contains("used or too old");
        assertThat(api.get("/v1/channels/news/messages?ticket=" + ticket()).status())
                .isEqualTo(200);
    }

    @Test
    void aLateTicketIsRefused() {
        var ticket = ticket();

        clock.advance(Duration.ofSeconds(30));

        assertThat(handshake("/v1/ws?ticket=" + ticket)).startsWith("HTTP/1.1 401 ");
    }

    @Test
    void anExpiredTokenHasItsOwnCodeAndAnEarlyOneSaysSo() {
        var expired = SignedTokens.of("alice", clock.now().minusSeconds(3700), Duration.ofHours(1));
        var early = SignedTokens.of("alice", clock.now().plusSeconds(120), Duration.ofHours(1));

        var late = api.get("/v1/channels/news/messages", "authorization", "Bearer " + expired);
        var soon = api.get("/v1/channels/news/messages", "authorization", "Bearer " + early);

        assertThat(late.problem()).isEqualTo("token-expired");
        assertThat(late.header("www-authenticate")).contains("invalid_token");
        assertThat(soon.problem()).isEqualTo("unauthenticated");
        assertThat(soon.json().path("detail").asString()).contains("not valid yet");
    }

    private String ticket() {
        return api.post("/v1/tickets", "", "authorization", "Bearer " + token)
                .json()
                .path("ticket")
                .asString();
    }

    /** The answer to a WebSocket handshake. */
    private String handshake(String path, String... fields) {
        try (var raw = RawClient.connect(server.port())) {
            raw.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    + (fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n") + "\r\n");
            return raw.readResponse();
        }
    }
}
