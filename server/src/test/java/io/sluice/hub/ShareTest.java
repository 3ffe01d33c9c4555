package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.WebSocketClient;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** What a caller is told, on each transport, who takes more than its share. */
class ShareTest {
    private final ManualClock clock = new ManualClock();

    @Test
    void aRequestBeyondTheRateIs429WithItsPolicyAndTheTimeToComeBack() {
        try (var server = server("user: {publishes: 2/10s}")) {
            var api = new ApiClient(server);
            var path = "/v1/channels/news/messages?user=alice";
            api.post(path, "1");
            api.post(path, "2");

            var refused = api.post(path, "3");
            var another = api.post("/v1/channels/news/messages?user=bob", "3");
            clock.advance(Duration.ofSeconds(5));
            var later = api.post(path, "3");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.problem()).isEqualTo("rate-limited");
            assertThat(refused.header("ratelimit-policy")).isEqualTo("\"user-publishes\";q=2;w=10");
            assertThat(refused.header("ratelimit"))
                    .isEqualTo("\"user-publishes\";r=0;t=" + refused.header("retry-after"));
            assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(5, 8);
            assertThat(refused.json().path("limit").asInt()).isEqualTo(2);
            assertThat(another.status()).isEqualTo(201);
            assertThat(later.status()).isEqualTo(201);
        }
    }

    @Test
    void aBatchIsPaidItemByItem() {
        try (var server = server("user: {publishes: 2/10s}")) {
            var api = new ApiClient(server);

            var answer = api.post(
                    "/v1/messages?user=alice",
                    "[{\"channel\":\"a\",\"data\":1},{\"channel\":\"a\",\"data\":2},{\"channel\":\"a\",\"data\":3}]");

            assertThat(answer.json().path(0).path("status").asInt()).isEqualTo(201);
            assertThat(answer.json().path(1).path("status").asInt()).isEqualTo(201);
            assertThat(answer.json().path(2).path("status").asInt()).isEqualTo(429);
        }
    }

    @Test
    void aSessionIsToldInMillisecondsAndClosedOnlyWhenItGoesOnAndOn() {
        try (var server = server("session: {publishes: 2/10s, refusals: 3/10s}");
                var socket = WebSocketClient.connectAs(server, "alice")) {
            publish(socket);
            publish(socket);

            var refused = socket.call("publish", "\"channel\":\"news\",\"data\":1");
            var stillHere = socket.call("ping", "");
            publish(socket);
            publish(socket);
            socket.send("{\"id\":99,\"type\":\"publish\",\"channel\":\"news\",\"data\":1}");

            assertThat(refused.path("code").asString()).isEqualTo("rate-limited");
            assertThat(refused.path("retry_after_ms").asLong()).isEqualTo(5_000);
            assertThat(stillHere.path("type").asString()).isEqualTo("pong");
            assertThat(socket.closeCode()).isEqualTo(4429);
        }
    }

    @Test
    void subscribesArePaidOnEveryTransport() {
        try (var server = server("user: {subscribes: 2/10s}");
                var socket = WebSocketClient.connectAs(server, "alice")) {
            var api = new ApiClient(server);

            socket.call("subscribe", "\"channel\":\"a\"");
            api.get("/v1/channels/a/messages?user=alice");
            var refused = api.get("/v1/events?channel=a&user=alice");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("ratelimit-policy")).startsWith("\"user-subscribes\"");
        }
    }

    @Test
    void aUserHasSoManySessionsAndNoMore() {
        try (var server = server("max_sessions_per_user: 2");
                var second = WebSocketClient.connectAs(server, "alice")) {
            var first = WebSocketClient.connectAs(server, "alice");
            var refused = handshake(server, "/v1/ws?user=alice");
            var sse = new ApiClient(server).get("/v1/events?channel=a&user=alice");
            var poll = new ApiClient(server).get("/v1/channels/a/messages?wait=1&user=alice");
            var renamed = secondAs(server, "alice");
            first.close();
            io.sluice.testkit.Eventually.holds(() -> server.hub().sessions().count() == 1);

            assertThat(refused)
                    .startsWith("HTTP/1.1 429 ")
                    .contains("urn:sluice:problem:too-many-connections")
                    .containsIgnoringCase("ratelimit-policy: \"user-sessions\";q=2");
            assertThat(sse.problem()).isEqualTo("too-many-connections");
            assertThat(poll.problem()).isEqualTo("too-many-connections");
            assertThat(renamed).as("a session that says so later").isEqualTo("too-many-connections");
            assertThat(handshake(server, "/v1/ws?user=alice")).startsWith("HTTP/1.1 101 ");
            assertThat(second.call("ping", "").path("type").asString()).isEqualTo("pong");
        }
    }

    @Test
    void beyondTheRateOfNewSessionsTheyAreSentBackAtTimesOfTheirOwnAndThoseInStayIn() {
        try (var server = server("admission: {sessions: 2/1s}");
                var first = WebSocketClient.connect(server);
                var second = WebSocketClient.connect(server)) {
            var refusals = new ArrayList<String>();
            for (int i = 0; i < 20; i++) {
                refusals.add(handshake(server, "/v1/ws"));
            }
            clock.advance(Duration.ofSeconds(1));
            var later = handshake(server, "/v1/ws");

            assertThat(refusals)
                    .allMatch(refusal -> refusal.startsWith("HTTP/1.1 503 "))
                    .allMatch(refusal -> refusal.contains("urn:sluice:problem:overloaded"));
            assertThat(refusals.stream().map(ShareTest::retryAfter).max(Integer::compare))
                    .hasValueSatisfying(longest -> assertThat(longest).isBetween(9, 11));
            assertThat(later).startsWith("HTTP/1.1 101 ");
            assertThat(first.call("ping", "").path("type").asString()).isEqualTo("pong");
            assertThat(second.call("ping", "").path("type").asString()).isEqualTo("pong");
        }
    }

    @Test
    void beyondTheNumberOfSessionsNobodyIsLetIn() {
        try (var server = server("admission: {max_sessions: 1}");
                var only = WebSocketClient.connect(server)) {
            var refused = handshake(server, "/v1/ws");
            var request = new ApiClient(server).get("/v1/channels/a/messages");

            assertThat(refused).startsWith("HTTP/1.1 503 ").contains("no more than 1 sessions");
            assertThat(request.status()).as("single requests go on").isEqualTo(200);
            assertThat(only.call("ping", "").path("type").asString()).isEqualTo("pong");
        }
    }

    private EdgeServer server(String limits) {
        return EdgeServer.configured(clock, "limits: {exempt: [], " + limits + "}");
    }

    private static void publish(WebSocketClient socket) {
        socket.call("publish", "\"channel\":\"news\",\"data\":1");
    }

    private static String secondAs(EdgeServer server, String user) {
        try (var socket = WebSocketClient.connect(server)) {
            return socket.call("auth", "\"token\":\"" + user + "\"")
                    .path("code")
                    .asString();
        }
    }

    private static String handshake(EdgeServer server, String path) {
        try (var raw = RawClient.connect(server.port())) {
            raw.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
            return raw.readResponse();
        }
    }

    private static int retryAfter(String head) {
        var lower = head.toLowerCase(java.util.Locale.ROOT);
        int from = lower.indexOf("\r\nretry-after: ") + 15;
        return Integer.parseInt(lower.substring(from, lower.indexOf('\r', from)));
    }
}
