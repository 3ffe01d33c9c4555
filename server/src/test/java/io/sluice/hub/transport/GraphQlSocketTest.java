package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SignedTokens;
import io.sluice.testkit.WebSocketClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The protocol graphql-transport-ws, message by message. */
final class GraphQlSocketTest {
    private static EdgeServer server;
    private static ApiClient api;

    @BeforeAll
    static void start() {
        server = EdgeServer.inMemory();
        api = new ApiClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void agreesOnTheSubprotocol() {
        var handshake = "GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Protocol: %s\r\n\r\n";

        try (var known = io.sluice.testkit.RawClient.connect(server.port());
                var unknown = io.sluice.testkit.RawClient.connect(server.port())) {
            var accepted =
                    known.send(handshake.formatted("graphql-transport-ws")).readUntil("\r\n\r\n");
            var refused = unknown.send(handshake.formatted("graphql-ws")).readResponse();

            assertThat(accepted).startsWith("HTTP/1.1 101 ").containsIgnoringCase("protocol: graphql-transport-ws");
            assertThat(refused).startsWith("HTTP/1.1 400 ").contains("graphql-transport-ws");
        }
    }

    @Test
    void anOperationTellsItsStartThenWhatIsPublishedUntilItIsCompleted() {
        var before = api.publish("flow", "1");
        try (var socket = ready(server)) {
            subscribe(socket, "a", "flow");
            var start = socket.next();
            var position = api.publish("flow", "2");
            var next = socket.next();
            socket.send("{\"id\":\"a\",\"type\":\"complete\"}");
            subscribe(socket, "b", "flow");
            var another = socket.next();

            assertThat(start.toString())
                    .isEqualTo("{\"id\":\"a\",\"type\":\"next\",\"payload\":{\"data\":{\"messages\":null},"
                            + "\"extensions\":{\"cursor\":\"" + before + "\"}}}");
            assertThat(next.toString())
                    .isEqualTo("{\"id\":\"a\",\"type\":\"next\",\"payload\":{\"data\":{\"messages\":{\"position\":\""
                            + position + "\",\"data\":2}}}}");
            assertThat(another.path("id").asString()).isEqualTo("b");
        }
    }

    @Test
    void operationsReadTheSameChannelEachWithASelectionOfItsOwn() {
        try (var socket = ready(server)) {
            subscribe(socket, "first", "shared");
            socket.next();
            socket.send("{\"id\":\"second\",\"type\":\"subscribe\",\"payload\":{\"query\":"
                    + "\"subscription {m: messages(channels: [\\\"shared\\\"]) {what: event}}\"}}");
            socket.next();

            api.publish("shared", "7");
            var one = socket.next();
            var two = socket.next();

            var first = one.path("id").asString().equals("first") ? one : two;
            var second = first == one ? two : one;
            assertThat(first.path("payload")
                            .path("data")
                            .path("messages")
                            .path("data")
                            .asInt())
                    .isEqualTo(7);
            assertThat(second.path("payload").toString()).isEqualTo("{\"data\":{\"m\":{\"what\":\"message\"}}}");
        }
    }

    @Test
    void severalChannelsHaveOneCursorInEveryResult() {
        try (var socket = ready(server)) {
            subscribe(socket, "a", "one\\\", \\\"two");
            var start = socket.next()
                    .path("payload")
                    .path("extensions")
                    .path("cursor")
                    .asString();
            api.publish("one", "1");
            var cursor = socket.next()
                    .path("payload")
                    .path("extensions")
                    .path("cursor")
                    .asString();
            api.publish("two", "2");
            socket.next();
            socket.send("{\"id\":\"b\",\"type\":\"subscribe\",\"payload\":{\"query\":\"subscription {messages(channels:"
                    + " [\\\"one\\\", \\\"two\\\"], after: \\\"" + cursor + "\\\") {channel data}}\"}}");
            socket.next();
            var resumed = socket.next();

            assertThat(start).isNotEqualTo(cursor);
            assertThat(resumed.path("id").asString()).isEqualTo("b");
            assertThat(resumed.path("payload").path("data").path("messages").toString())
                    .isEqualTo("{\"channel\":\"two\",\"data\":2}");
        }
    }

    @Test
    void queriesAndMutationsHaveOneResultAndComplete() {
        try (var socket = ready(server)) {
            socket.send("{\"id\":\"q\",\"type\":\"subscribe\",\"payload\":{\"query\":"
                    + "\"mutation {publish(channel: \\\"ws\\\", data: 1) {channel}}\"}}");

            assertThat(socket.next().path("payload").toString())
                    .isEqualTo("{\"data\":{\"publish\":{\"channel\":\"ws\"}}}");
            assertThat(socket.next().toString()).isEqualTo("{\"id\":\"q\",\"type\":\"complete\"}");
        }
    }

    @Test
    void answersPingsWithTheirPayload() {
        try (var socket = ready(server)) {
            socket.send("{\"type\":\"ping\",\"payload\":{\"n\":1}}");
            socket.send("{\"type\":\"pong\"}");
            socket.send("{\"type\":\"ping\"}");

            assertThat(socket.next().toString()).isEqualTo("{\"type\":\"pong\",\"payload\":{\"n\":1}}");
            assertThat(socket.next().toString()).isEqualTo("{\"type\":\"pong\"}");
        }
    }

    @Test
    void theTokenComesWithTheFirstMessage() {
        var clock = new ManualClock();
        try (var strict = EdgeServer.configured(
                clock, "auth: {mode: jwt, secret: " + SignedTokens.SECRET + ", clock_skew: 0s}")) {
            var token = SignedTokens.sign(SignedTokens.claims("alice", clock.now(), Duration.ofHours(1))
                    .claim("grants", List.of(Map.of("channels", "ok", "can", List.of("subscribe")))));
            try (var socket = WebSocketClient.open(strict, "/graphql", 0);
                    var bad = WebSocketClient.open(strict, "/graphql", 0);
                    var none = WebSocketClient.open(strict, "/graphql", 0)) {
                socket.send("{\"type\":\"connection_init\",\"payload\":{\"token\":\"" + token + "\"}}");
                socket.next("connection_ack");
                subscribe(socket, "a", "ok");
                var started = socket.next();
                subscribe(socket, "b", "other");
                var refused = socket.next();
                bad.send("{\"type\":\"connection_init\",\"payload\":{\"authorization\":\"Bearer nonsense\"}}");
                none.send("{\"type\":\"connection_init\"}");

                assertThat(started.path("type").asString()).isEqualTo("next");
                assertThat(refused.path("type").asString()).isEqualTo("error");
                assertThat(refused.path("payload")
                                .path(0)
                                .path("extensions")
                                .path("code")
                                .asString())
                        .isEqualTo("forbidden");
                assertThat(bad.closeCode()).isEqualTo(4403);
                assertThat(none.closeCode()).isEqualTo(4403);
            }
        }
    }

    @Test
    void whoDoesNotIntroduceItselfIsClosedAfterFiveSeconds() {
        var clock = new ManualClock();
        try (var still = EdgeServer.configured(clock, "");
                var socket = WebSocketClient.open(still, "/graphql", 0)) {
            socket.send("{\"type\":\"ping\"}");
            socket.next();

            clock.advance(Duration.ofSeconds(6));

            assertThat(socket.closeCode()).isEqualTo(4408);
        }
    }

    @Test
    void aDrainClosesWithACodeThatClientsComeBackAfter() {
        try (var leaving = EdgeServer.inMemory();
                var socket = ready(leaving)) {
            subscribe(socket, "a", "x");
            socket.next();

            leaving.drain(Duration.ofSeconds(1));

            assertThat(socket.closeCode()).isEqualTo(4503);
        }
    }

    @Test
    void breakingTheOrderOfMessagesClosesWithTheProtocolsCodes() {
        assertThat(closedAfter("{\"id\":\"a\",\"type\":\"subscribe\",\"payload\":{\"query\":\"{__typename}\"}}"))
                .as("before connection_ack")
                .isEqualTo(4401);
        assertThat(closedAfter("{\"type\":\"connection_init\"}", "{\"type\":\"connection_init\"}"))
                .as("a second connection_init")
                .isEqualTo(4429);
        var subscribe = "{\"id\":\"a\",\"type\":\"subscribe\",\"payload\":{\"query\":"
                + "\"subscription {messages(channels: [\\\"x\\\"]) {data}}\"}}";
        assertThat(closedAfter("{\"type\":\"connection_init\"}", subscribe, subscribe))
                .as("the id of an operation under way")
                .isEqualTo(4409);
    }

    @Test
    void whatIsNoMessageClosesWith4400() {
        for (var message : new String[] {
            "not json",
            "[]",
            "{}",
            "{\"type\":7}",
            "{\"type\":\"start\"}",
            "{\"type\":\"connection_init\",\"payload\":\"text\"}",
            "{\"type\":\"complete\"}",
            "{\"type\":\"complete\",\"id\":7}",
            "{\"type\":\"ping\",\"payload\":[]}"
        }) {
            assertThat(closedAfter(message)).as(message).isEqualTo(4400);
        }
        for (var message : new String[] {
            "{\"type\":\"subscribe\"}",
            "{\"type\":\"subscribe\",\"id\":\"\",\"payload\":{\"query\":\"{__typename}\"}}",
            "{\"type\":\"subscribe\",\"id\":\"a\"}",
            "{\"type\":\"subscribe\",\"id\":\"a\",\"payload\":{}}",
            "{\"type\":\"subscribe\",\"id\":\"a\",\"payload\":{\"query\":7}}",
            "{\"type\":\"subscribe\",\"id\":\"a\",\"payload\":{\"query\":\"{__typename}\",\"variables\":[]}}"
        }) {
            assertThat(closedAfter("{\"type\":\"connection_init\"}", message))
                    .as(message)
                    .isEqualTo(4400);
        }
    }

    @Test
    void aMessageLargerThanAnyRequestClosesWith1009() {
        assertThat(closedAfter("{\"type\":\"ping\",\"payload\":{\"x\":\"" + "x".repeat(1_500_000) + "\"}}"))
                .isEqualTo(1009);
    }

    @Test
    void aConnectionRunsSoManyOperationsAndRefusesMore() {
        try (var small = EdgeServer.configured(new ManualClock(), "edge: {graphql: {max_operations: 2}}");
                var socket = ready(small)) {
            for (var id : new String[] {"a", "b"}) {
                subscribe(socket, id, "x");
                socket.next();
            }

            subscribe(socket, "c", "x");
            var refused = socket.next();
            socket.send("{\"id\":\"a\",\"type\":\"complete\"}");
            subscribe(socket, "d", "x");
            var taken = socket.next();

            assertThat(refused.path("type").asString()).isEqualTo("error");
            assertThat(refused.path("payload")
                            .path(0)
                            .path("extensions")
                            .path("limit")
                            .asInt())
                    .isEqualTo(2);
            assertThat(taken.path("type").asString()).isEqualTo("next");
        }
    }

    @Test
    void oneConnectionIsOneSessionOfThisTransport() {
        try (var counted = EdgeServer.inMemory();
                var socket = ready(counted)) {
            subscribe(socket, "a", "x");
            subscribe(socket, "b", "x");
            socket.next();
            socket.next();

            var metrics = new ApiClient(counted).admin("/metrics").body();

            assertThat(metrics).contains("sluice_hub_sessions_opened_total{transport=\"graphql\"} 1.0");
            assertThat(metrics).contains("sluice_hub_sessions_opened_total{transport=\"websocket\"} 0.0");
        }
    }

    @Test
    void aPageOfAnotherOriginMayNotConnect() {
        try (var raw = io.sluice.testkit.RawClient.connect(server.port())) {
            raw.send("GET /graphql HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
                    + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Version: 13\r\n\r\n");

            assertThat(raw.readResponse()).startsWith("HTTP/1.1 403 ").contains("origin-refused");
        }
    }

    private static WebSocketClient ready(EdgeServer of) {
        var socket = WebSocketClient.open(of, "/graphql", 0);
        socket.send("{\"type\":\"connection_init\"}");
        socket.next("connection_ack");
        return socket;
    }

    private static void subscribe(WebSocketClient socket, String id, String channel) {
        socket.send("{\"id\":\"" + id + "\",\"type\":\"subscribe\",\"payload\":{\"query\":"
                + "\"subscription {messages(channels: [\\\"" + channel + "\\\"]) {position data}}\"}}");
    }

    @Test
    void aTokenThatExpiresOrIsRevokedClosesWith4401() {
        var clock = new ManualClock();
        try (var strict = EdgeServer.configured(
                        clock, "auth: {mode: jwt, secret: " + SignedTokens.SECRET + ", clock_skew: 0s}");
                var expiring = WebSocketClient.open(strict, "/graphql", 0);
                var revoked = WebSocketClient.open(strict, "/graphql", 0)) {
            introduce(expiring, SignedTokens.of("alice", clock.now(), Duration.ofSeconds(20)));
            introduce(revoked, SignedTokens.of("bob", clock.now(), Duration.ofHours(1)));

            new ApiClient(strict).admin("/v1/admin/revoke", "{\"user\":\"bob\"}");
            clock.advance(Duration.ofSeconds(40));

            assertThat(revoked.closeCode()).isEqualTo(4401);
            assertThat(expiring.closeCode()).isEqualTo(4401);
        }
    }

    private static void introduce(WebSocketClient socket, String token) {
        socket.send("{\"type\":\"connection_init\",\"payload\":{\"token\":\"" + token + "\"}}");
        socket.next("connection_ack");
    }

    private static int closedAfter(String... messages) {
        try (var socket = WebSocketClient.open(server, "/graphql", 0)) {
            for (var message : messages) {
                socket.send(message);
            }
            return socket.closeCode();
        }
    }
}
