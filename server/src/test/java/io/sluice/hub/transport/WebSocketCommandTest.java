package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.WebSocketClient;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the WebSocket protocol, and what each answers when it is used wrongly. */
final class WebSocketCommandTest {
    private static EdgeServer server;

    @BeforeAll
    static void start() {
        server = EdgeServer.inMemory();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void greetsWithTheSessionTheHeartbeatAndTheUser() {
        try (var client = WebSocketClient.open(server, "/v1/ws?user=alice", 0)) {
            var welcome = client.next();

            assertThat(welcome.path("type").asString()).isEqualTo("welcome");
            assertThat(welcome.path("session").asString()).isNotEmpty();
            assertThat(welcome.path("heartbeat").asInt()).isEqualTo(25);
            assertThat(welcome.path("user").asString()).isEqualTo("alice");
        }
    }

    @Test
    void answersAPing() {
        try (var client = WebSocketClient.connect(server)) {
            client.send("{\"id\":\"mine\",\"type\":\"ping\"}");

            assertThat(client.next().toString()).isEqualTo("{\"id\":\"mine\",\"type\":\"pong\"}");
        }
    }

    @Test
    void answersASubscribeBeforeWhatFollows() {
        var before = new ApiClient(server).publish("ws:order", "1");
        new ApiClient(server).publish("ws:order", "2");
        try (var client = WebSocketClient.connect(server)) {
            client.send("{\"id\":1,\"type\":\"subscribe\",\"channel\":\"ws:order\",\"after\":\"" + before + "\"}");

            var reply = client.next();
            var message = client.next();

            assertThat(reply.path("type").asString()).isEqualTo("ok");
            assertThat(reply.path("position").asString()).isEqualTo(before);
            assertThat(reply.path("recovered").asBoolean()).isTrue();
            assertThat(message.path("data").asInt()).isEqualTo(2);
        }
    }

    @Test
    void answersASubscribeOfManyPerChannel() {
        try (var client = WebSocketClient.connect(server)) {
            var reply = client.call(
                    "subscribe",
                    "\"channels\":[{\"channel\":\"ws:many-1\"},{\"channel\":\"not ok\"},{\"channel\":\"ws:many-2\",\"after\":\"x\"},5]");

            var channels = reply.path("channels");
            assertThat(channels.size()).isEqualTo(4);
            assertThat(channels.get(0).has("position")).isTrue();
            assertThat(channels.get(1).path("error").path("code").asString()).isEqualTo("bad-channel");
            assertThat(channels.get(2).path("error").path("code").asString()).isEqualTo("bad-cursor");
            assertThat(channels.get(3).path("error").path("code").asString()).isEqualTo("bad-request");
        }
    }

    @Test
    void refusesASubscribeOfMoreThan200() {
        var channels = "{\"channel\":\"a\"}" + ",{\"channel\":\"a\"}".repeat(200);
        try (var client = WebSocketClient.connect(server)) {
            var reply = client.call("subscribe", "\"channels\":[" + channels + "]");

            assertThat(reply.path("code").asString()).isEqualTo("too-large");
        }
    }

    @Test
    void refusesASecondSubscriptionToOneChannel() {
        try (var client = WebSocketClient.connect(server)) {
            client.call("subscribe", "\"channel\":\"ws:twice\"");

            var second = client.call("subscribe", "\"channel\":\"ws:twice\"");

            assertThat(second.path("code").asString()).isEqualTo("conflict");
        }
    }

    @Test
    void deliversNothingAfterAnUnsubscribe() {
        try (var client = WebSocketClient.connect(server)) {
            client.call("subscribe", "\"channel\":\"ws:left\"");
            client.call("unsubscribe", "\"channel\":\"ws:left\"");
            new ApiClient(server).publish("ws:left", "1");

            var next = client.call("ping", "");

            assertThat(next.path("type").asString()).isEqualTo("pong");
            assertThat(client.call("unsubscribe", "\"channel\":\"ws:left\"")
                            .path("code")
                            .asString())
                    .isEqualTo("not-found");
        }
    }

    @Test
    void publishesAndReadsItBack() {
        try (var client = WebSocketClient.connectAs(server, "alice")) {
            var published = client.call(
                    "publish",
                    "\"channel\":\"ws:publish\",\"event\":\"greeting\",\"headers\":{\"a\":\"b\"},\"data\":{\"x\":\"\u00e4\"}");
            var history = client.call("history", "\"channel\":\"ws:publish\",\"limit\":10");

            var message = history.path("messages").get(0);
            assertThat(published.path("type").asString()).isEqualTo("ok");
            assertThat(message.path("position")).isEqualTo(published.path("position"));
            assertThat(message.path("event").asString()).isEqualTo("greeting");
            assertThat(message.path("from").asString()).isEqualTo("alice");
            assertThat(message.path("headers").path("a").asString()).isEqualTo("b");
            assertThat(message.path("data").path("x").asString()).isEqualTo("\u00e4");
            assertThat(history.path("position")).isEqualTo(published.path("position"));
        }
    }

    @Test
    void givesTheFirstPositionBackForARepeatedKey() {
        var members = "\"channel\":\"ws:key\",\"data\":1,\"idempotency_key\":\"k\"";
        try (var client = WebSocketClient.connect(server)) {
            var first = client.call("publish", members);
            var again = client.call("publish", members);
            var other = client.call("publish", members.replace(":1,", ":2,"));

            assertThat(again.path("position")).isEqualTo(first.path("position"));
            assertThat(other.path("code").asString()).isEqualTo("idempotency-mismatch");
        }
    }

    @Test
    void deliversADirectMessageOnTheUsersOwnChannel() {
        try (var bob = WebSocketClient.connectAs(server, "bob");
                var alice = WebSocketClient.connectAs(server, "alice")) {
            bob.call("subscribe", "\"channel\":\"user:bob\"");

            alice.call("direct", "\"user\":\"bob\",\"data\":\"hello\"");

            var message = bob.next("message");
            assertThat(message.path("channel").asString()).isEqualTo("user:bob");
            assertThat(message.path("from").asString()).isEqualTo("alice");
            assertThat(message.path("data").asString()).isEqualTo("hello");
        }
    }

    @Test
    void handsASignalToThoseThereAndKeepsNothing() {
        try (var bob = WebSocketClient.connectAs(server, "bob");
                var alice = WebSocketClient.connectAs(server, "alice")) {
            bob.call("subscribe", "\"channel\":\"ws:signal\"");

            alice.call("signal", "\"channel\":\"ws:signal\",\"event\":\"typing\",\"data\":[1]");

            var signal = bob.next("signal");
            assertThat(signal.path("event").asString()).isEqualTo("typing");
            assertThat(signal.path("from").asString()).isEqualTo("alice");
            assertThat(signal.path("data").toString()).isEqualTo("[1]");
            assertThat(bob.call("history", "\"channel\":\"ws:signal\"")
                            .path("messages")
                            .size())
                    .isZero();
        }
    }

    @Test
    void movesAReadMarkerOnlyForward() {
        var api = new ApiClient(server);
        var first = api.publish("ws:read", "1");
        var second = api.publish("ws:read", "2");
        try (var client = WebSocketClient.connectAs(server, "reader")) {
            var before = client.call("read", "\"channel\":\"ws:read\"");
            client.call("read", "\"channel\":\"ws:read\",\"position\":\"" + second + "\"");

            var after = client.call("read", "\"channel\":\"ws:read\",\"position\":\"" + first + "\"");

            assertThat(before.path("unread").asInt()).isEqualTo(2);
            assertThat(after.path("position").asString()).isEqualTo(second);
            assertThat(after.path("unread").asInt()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":7,\"type\":\"dance\"} | bad-request | type",
                "{\"id\":7} | bad-request | type",
                "{\"id\":7,\"type\":5} | bad-request | type",
                "{\"id\":7,\"type\":\"subscribe\"} | bad-request | channel",
                "{\"id\":7,\"type\":\"subscribe\",\"channel\":5} | bad-request | channel",
                "{\"id\":7,\"type\":\"subscribe\",\"channel\":\"\"} | bad-channel | channel",
                "{\"id\":7,\"type\":\"subscribe\",\"channel\":\"a b\"} | bad-channel | channel",
                "{\"id\":7,\"type\":\"subscribe\",\"channel\":\"\u00e4\"} | bad-channel | channel",
                "{\"id\":7,\"type\":\"subscribe\",\"channel\":\"a\",\"after\":\"?\"} | bad-cursor | ''",
                "{\"id\":7,\"type\":\"subscribe\",\"channel\":\"a\",\"after\":7} | bad-request | after",
                "{\"id\":7,\"type\":\"subscribe\",\"channels\":{}} | bad-request | ''",
                "{\"id\":7,\"type\":\"unsubscribe\",\"channel\":\"a/b\"} | bad-channel | channel",
                "{\"id\":7,\"type\":\"publish\",\"channel\":\"a\"} | bad-request | data",
                "{\"id\":7,\"type\":\"publish\",\"channel\":\"a\",\"data\":1,\"event\":\"\"} | bad-request | event",
                "{\"id\":7,\"type\":\"publish\",\"channel\":\"a\",\"data\":1,\"event\":\"a\\nb\"} | bad-request | event",
                "{\"id\":7,\"type\":\"publish\",\"channel\":\"a\",\"data\":1,\"headers\":[]} | bad-request | headers",
                "{\"id\":7,\"type\":\"publish\",\"channel\":\"a\",\"data\":1,\"idempotency_key\":\"\"} | bad-request | idempotency_key",
                "{\"id\":7,\"type\":\"direct\",\"user\":\"a b\",\"data\":1} | bad-channel | channel",
                "{\"id\":7,\"type\":\"signal\",\"channel\":\"a\"} | bad-request | event",
                "{\"id\":7,\"type\":\"history\",\"channel\":\"a\",\"limit\":\"x\"} | bad-request | limit",
                "{\"id\":7,\"type\":\"history\",\"channel\":\"a\",\"limit\":0} | bad-request | limit",
                "{\"id\":7,\"type\":\"history\",\"channel\":\"a\",\"before\":\"?\"} | bad-cursor | ''",
                "{\"id\":7,\"type\":\"presence\"} | bad-request | channel",
                "{\"id\":7,\"type\":\"read\",\"channel\":\"a\",\"position\":\"?\"} | bad-cursor | ''",
                "{\"id\":7,\"type\":\"read\",\"channel\":\"a\"} | unauthenticated | ''",
                "{\"id\":7,\"type\":\"auth\"} | bad-request | token",
                "{\"id\":7,\"type\":\"auth\",\"token\":\"\"} | unauthenticated | ''",
            })
    void refusesWithAReasonAndGoesOn(String command, String code, String field) {
        try (var client = WebSocketClient.connect(server)) {
            client.send(command);

            var error = client.next();

            assertThat(error.path("id").asInt()).isEqualTo(7);
            assertThat(error.path("type").asString()).isEqualTo("error");
            assertThat(error.path("code").asString()).isEqualTo(code);
            assertThat(error.path("field").asString("")).isEqualTo(field);
            assertThat(error.path("message").asString()).isNotEmpty();
            assertThat(client.call("ping", "").path("type").asString()).isEqualTo("pong");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"ping\"}",
                "{\"id\":null,\"type\":\"ping\"}",
                "{\"id\":{},\"type\":\"ping\"}",
                "{\"id\":[1],\"type\":\"ping\"}",
                "[]",
                "5"
            })
    void refusesACommandWithoutAnIdWithoutOne(String command) {
        try (var client = WebSocketClient.connect(server)) {
            client.send(command);

            var error = client.next();

            assertThat(error.has("id")).isFalse();
            assertThat(error.path("code").asString()).isEqualTo("bad-request");
        }
    }

    @Test
    void ignoresMembersThatItDoesNotKnow() {
        try (var client = WebSocketClient.connect(server)) {
            var reply = client.call("subscribe", "\"channel\":\"ws:unknown\",\"colour\":{\"deep\":[1,2]},\"x\":null");

            assertThat(reply.path("type").asString()).isEqualTo("ok");
        }
    }

    @Test
    void answersEachOfManyCommandsSentAtOnceExactlyOnce() {
        var commands = new StringBuilder();
        int count = 500;
        try (var client = WebSocketClient.connect(server)) {
            for (int i = 0; i < count; i++) {
                commands.append(frameText(
                        "{\"id\":" + i + ",\"type\":\"publish\",\"channel\":\"ws:burst\",\"data\":" + i + "}"));
            }
            client.raw().send(commands.toString());

            for (int i = 0; i < count; i++) {
                var reply = client.next();
                assertThat(reply.path("id").asInt()).isEqualTo(i);
                assertThat(reply.path("type").asString()).isEqualTo("ok");
            }
        }
    }

    @Test
    void answersEveryOneOfTheCommandsThatShareAnId() {
        try (var client = WebSocketClient.connect(server)) {
            client.raw()
                    .send(frameText("{\"id\":7,\"type\":\"publish\",\"channel\":\"ws:twice\",\"data\":1}")
                            + frameText("{\"id\":7,\"type\":\"dance\"}")
                            + frameText("{\"id\":7,\"type\":\"publish\",\"channel\":\"ws:twice\",\"data\":2}"));

            var replies = List.of(client.next(), client.next(), client.next());

            assertThat(replies).allMatch(reply -> reply.path("id").asInt() == 7);
            assertThat(replies.stream().map(reply -> reply.path("type").asString()))
                    .containsExactlyInAnyOrder("ok", "error", "ok");
            assertThat(new ApiClient(server)
                            .get("/v1/channels/ws:twice/messages")
                            .json()
                            .path("messages")
                            .size())
                    .isEqualTo(2);
        }
    }

    private static String frameText(String text) {
        var frame = WebSocketClient.frame(
                WebSocketClient.TEXT, true, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new String(frame, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
