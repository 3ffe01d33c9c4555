package io.sluice.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.WebSocketClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What backends ask of a channel over plain HTTP. */
final class ChannelApiTest {
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
    void tellsWhoIsThereByUserWithTheirSessions() {
        try (var tab = subscribed("alice", "api:presence");
                var otherTab = subscribed("alice", "api:presence");
                var bob = subscribed("bob", "api:presence")) {
            var presence = api.get("/v1/channels/api:presence/presence").json();

            assertThat(presence.path("count").asInt()).isEqualTo(2);
            assertThat(presence.path("users").get(0).path("id").asString()).isEqualTo("alice");
            assertThat(presence.path("users").get(0).path("sessions").asInt()).isEqualTo(2);
            assertThat(presence.path("users").get(0).path("since").asString()).endsWith("Z");
            assertThat(presence.path("users").get(1).path("id").asString()).isEqualTo("bob");
            assertThat(List.of(tab, otherTab, bob)).hasSize(3);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | {\"event\":\"typing\",\"data\":{\"on\":true}} | {\"on\":true}",
                "'' | {\"event\":\"typing\"} | null",
                "typing | [1,2] | [1,2]",
                "typing | '' | null"
            })
    void handsASignalToThoseThereAndKeepsNothing(String header, String body, String data) {
        try (var bob = subscribed("bob", "api:signal")) {
            var headers = header.isEmpty() ? new String[0] : new String[] {"Sluice-Event", header};

            var answer = api.post("/v1/channels/api:signal/signals", body, headers);

            assertThat(answer.status()).isEqualTo(202);
            var signal = bob.next("signal");
            assertThat(signal.path("event").asString()).isEqualTo("typing");
            assertThat(signal.path("data").toString()).isEqualTo(data);
            assertThat(api.get("/v1/channels/api:signal/messages")
                            .json()
                            .path("messages")
                            .size())
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"data\":1} | '' | bad-request",
                "{\"event\":5} | '' | bad-request",
                "not json | '' | bad-json",
                "not json | typing | bad-json"
            })
    void refusesASignalThatIsNone(String body, String header, String problem) {
        var headers = header.isEmpty() ? new String[0] : new String[] {"Sluice-Event", header};

        var answer = api.post("/v1/channels/api:signal/signals", body, headers);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo(problem);
    }

    @Test
    void aReadMarkerOnlyMovesForwardCountsTheUnreadAndIsTold() {
        var first = api.publish("api:read", "1");
        var second = api.publish("api:read", "2");
        api.publish("api:read", "3");
        try (var bob = subscribed("bob", "api:read")) {
            var before = api.get("/v1/channels/api:read/read?user=alice").json();
            var moved = mark("alice", second).json();
            var back = mark("alice", first).json();

            assertThat(before.has("position")).isFalse();
            assertThat(before.path("unread").asInt()).isEqualTo(3);
            assertThat(moved.path("unread").asInt()).isEqualTo(1);
            assertThat(back.path("position").asString()).isEqualTo(second);
            var told = bob.next("signal");
            assertThat(told.path("event").asString()).isEqualTo("read");
            assertThat(told.path("from").asString()).isEqualTo("alice");
            assertThat(told.path("data").path("position").asString()).isEqualTo(second);
            assertThat(api.get("/v1/channels/api:read/read?user=bob")
                            .json()
                            .path("unread")
                            .asInt())
                    .isEqualTo(3);
        }
    }

    @Test
    void refusesAReadMarkerThatIsNoPositionOfTheChannel() {
        var position = api.publish("api:marked", "1");
        var future = position.replace(".1", ".2");
        var other = api.publish("api:marked-not", "1");

        for (var wrong : List.of(future, other, "nonsense")) {
            var answer = api.put("/v1/channels/api:marked/read?user=alice", "{\"position\":\"" + wrong + "\"}");
            assertThat(answer.status()).as(wrong).isEqualTo(400);
            assertThat(answer.problem()).isEqualTo("bad-cursor");
        }
        var nobody = api.put("/v1/channels/api:marked/read", "{\"position\":\"" + position + "\"}");
        assertThat(nobody.status()).isEqualTo(401);
    }

    @Test
    void readsAllOfAChannelForwardsAndBackwardsPageByPage() {
        var data = new ArrayList<String>();
        for (int i = 1; i <= 25; i++) {
            api.publish("api:pages", Integer.toString(i));
            data.add(Integer.toString(i));
        }
        var newest = api.get("/v1/channels/api:pages").json().path("newest").asString();
        var forwards = new ArrayList<String>();
        var backwards = new ArrayList<String>(List.of("25"));

        for (var after = "earliest"; forwards.size() < 25; ) {
            var page = api.get("/v1/channels/api:pages/messages?limit=4&after=" + after)
                    .json();
            forwards.addAll(dataOf(page));
            after = page.path("position").asString();
        }
        for (var before = newest; backwards.size() < 25; ) {
            var page = api.get("/v1/channels/api:pages/messages?limit=4&before=" + before)
                    .json();
            backwards.addAll(0, dataOf(page));
            before = page.path("messages").get(0).path("position").asString();
        }

        assertThat(forwards).isEqualTo(data);
        assertThat(backwards).isEqualTo(data);
        assertThat(api.get("/v1/channels/api:pages/messages?before=" + newest.substring(0, newest.indexOf('.')) + ".1")
                        .json()
                        .path("messages")
                        .size())
                .isZero();
    }

    @Test
    void aTicketOpensOneConnectionAsItsOwner() {
        var issued = api.post("/v1/tickets?user=alice", "");
        var path = "/v1/ws?ticket=" + issued.json().path("ticket").asString();

        try (var client = WebSocketClient.open(server, path, 0)) {
            assertThat(issued.status()).isEqualTo(201);
            assertThat(issued.json().path("expires").asString()).endsWith("Z");
            assertThat(client.next("welcome").path("user").asString()).isEqualTo("alice");
            assertThat(api.get(path.replace("/v1/ws", "/v1/channels/c/messages"))
                            .problem())
                    .isEqualTo("unauthenticated");
        }
    }

    @Test
    void sumsAChannelUp() {
        var only = api.publish("api:sum", "1");
        try (var reader = subscribed("alice", "api:sum")) {
            var sum = api.get("/v1/channels/api:sum").json();

            assertThat(reader).isNotNull();
            assertThat(sum.path("subscribers").asInt()).isEqualTo(1);
            assertThat(sum.path("messages").asInt()).isEqualTo(1);
            assertThat(sum.path("newest").asString()).isEqualTo(only);
            assertThat(sum.path("oldest").asString()).isEqualTo(only);
        }
    }

    private static WebSocketClient subscribed(String user, String channel) {
        var client = WebSocketClient.connectAs(server, user);
        client.call("subscribe", "\"channel\":\"" + channel + "\"");
        return client;
    }

    private static ApiClient.Answer mark(String user, String position) {
        return api.put("/v1/channels/api:read/read?user=" + user, "{\"position\":\"" + position + "\"}");
    }

    private static List<String> dataOf(JsonNode page) {
        var data = new ArrayList<String>();
        page.path("messages").forEach(message -> data.add(message.path("data").toString()));
        return data;
    }
}
