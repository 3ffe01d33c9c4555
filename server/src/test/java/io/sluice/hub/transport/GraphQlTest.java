package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.WebSocketClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Queries and mutations over HTTP. */
final class GraphQlTest {
    private static final JsonMapper JSON = new JsonMapper();
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
    void tellsAChannelInNumbersAndWhoIsThere() {
        var oldest = api.publish("facts", "1");
        var newest = api.publish("facts", "2");
        try (var alice = WebSocketClient.connectAs(server, "alice")) {
            alice.call("subscribe", "\"channel\":\"facts\"");

            var channel = data("{channel(name: \"facts\") {name newest oldest messages subscribers"
                            + " presence {count users {id sessions}}}}")
                    .path("channel");

            assertThat(channel.toString())
                    .isEqualTo("{\"name\":\"facts\",\"newest\":\"" + newest + "\",\"oldest\":\"" + oldest
                            + "\",\"messages\":2,\"subscribers\":1,\"presence\":{\"count\":1,"
                            + "\"users\":[{\"id\":\"alice\",\"sessions\":1}]}}");
        }
    }

    @Test
    void readsHistoryPageByPageInBothDirections() {
        for (int i = 1; i <= 7; i++) {
            api.publish("pages", Integer.toString(i));
        }

        var newest = history("pages", "first: 3");
        var before = history("pages", "first: 3, before: \"" + first(newest) + "\"");
        var forward = history("pages", "first: 3, after: \"earliest\"");
        var rest = history("pages", "after: \"" + end(forward) + "\"");
        var nothing = history("pages", "after: \"" + end(rest) + "\"");

        assertThat(numbers(newest)).containsExactly("5", "6", "7");
        assertThat(numbers(before)).containsExactly("2", "3", "4");
        assertThat(numbers(forward)).containsExactly("1", "2", "3");
        assertThat(numbers(rest)).containsExactly("4", "5", "6", "7");
        assertThat(numbers(nothing)).isEmpty();
        assertThat(end(nothing)).isEqualTo(end(rest));
        assertThat(newest.path("pageInfo").path("hasPreviousPage").asBoolean()).isTrue();
        assertThat(newest.path("pageInfo").path("hasNextPage").asBoolean()).isFalse();
        assertThat(forward.path("pageInfo").path("hasPreviousPage").asBoolean()).isFalse();
        assertThat(forward.path("pageInfo").path("hasNextPage").asBoolean()).isTrue();
    }

    @Test
    void tellsEverythingThatAPublicationHas() {
        api.post(
                "/v1/channels/all/messages?user=alice",
                "{\"n\": 1.50, \"s\": \"gr\u00fc\u00df\"}",
                "Sluice-Event",
                "greeting",
                "Sluice-Header-Trace",
                "t1");
        api.post("/v1/channels/all/messages", "plain \"text\"", "Content-Type", "text/plain");
        api.post("/v1/channels/all/messages", "\u0001", "Content-Type", "application/octet-stream");

        var edges = data("{channel(name: \"all\") {history {edges {cursor node"
                        + " {channel position event from headers {name value} data dataBase64 contentType time}}}}}")
                .path("channel")
                .path("history")
                .path("edges");
        var json = edges.path(0).path("node");

        assertThat(json.path("channel").asString()).isEqualTo("all");
        assertThat(json.path("position")).isEqualTo(edges.path(0).path("cursor"));
        assertThat(json.path("event").asString()).isEqualTo("greeting");
        assertThat(json.path("from").asString()).isEqualTo("alice");
        assertThat(json.path("headers").toString()).isEqualTo("[{\"name\":\"trace\",\"value\":\"t1\"}]");
        assertThat(json.path("data").path("s").asString()).isEqualTo("gr\u00fc\u00df");
        assertThat(json.path("dataBase64").isNull()).isTrue();
        assertThat(json.path("time").asString()).matches("\\d{4}-\\d\\d-\\d\\dT.*\\.\\d{3}Z");
        assertThat(edges.path(1).path("node").path("data").asString()).isEqualTo("plain \"text\"");
        assertThat(edges.path(1).path("node").path("contentType").asString()).isEqualTo("text/plain");
        assertThat(edges.path(2).path("node").path("data").isNull()).isTrue();
        assertThat(edges.path(2).path("node").path("dataBase64").asString()).isEqualTo("AQ==");
    }

    @Test
    void publishesOnceForAKeyAndOnlyIfItIsStillTheNewest() {
        var mutation = "mutation($data: JSON!, $key: String, $if: String) {publish(channel: \"pub\", data: $data,"
                + " event: \"e\", headers: [{name: \"a\", value: \"b\"}], idempotencyKey: $key, ifNewest: $if)"
                + " {channel position replayed}}";

        var first = post(mutation, Map.of("data", List.of(1, Map.of("x", "\u00e4")), "key", "k1"));
        var again = post(mutation, Map.of("data", List.of(1, Map.of("x", "\u00e4")), "key", "k1"));
        var position = first.path("data").path("publish").path("position").asString();
        var onTop = post(mutation, Map.of("data", true, "if", position));
        var late = post(mutation, Map.of("data", true, "if", position));
        var stored = api.get("/v1/channels/pub/messages").json().path("messages");

        assertThat(again.path("data").path("publish").path("position").asString())
                .isEqualTo(position);
        assertThat(again.path("data").path("publish").path("replayed").asBoolean())
                .isTrue();
        assertThat(onTop.has("errors")).isFalse();
        assertThat(code(late)).isEqualTo("precondition-failed");
        assertThat(late.path("data").path("publish").isNull()).isTrue();
        assertThat(stored.size()).isEqualTo(2);
        assertThat(stored.path(0).path("data").toString()).isEqualTo("[1,{\"x\":\"\u00e4\"}]");
        assertThat(stored.path(0).path("event").asString()).isEqualTo("e");
        assertThat(stored.path(0).path("headers").path("a").asString()).isEqualTo("b");
    }

    @Test
    void numbersArePublishedDigitByDigit() {
        var json = "{\"query\":\"mutation($d: JSON!) {publish(channel: \\\"digits\\\", data: $d) {position}"
                + " literal: publish(channel: \\\"digits\\\", data: {big: 123456789012345678901234567890,"
                + " list: [1.10, null, true, \\\"t\\\"]}) {position}}\","
                + "\"variables\":{\"d\":[0.1000,12345678901234567890]}}";

        api.post("/graphql", json, "Content-Type", "application/json");

        var stored = api.get("/v1/channels/digits/messages").body();
        assertThat(stored)
                .contains("\"data\":[0.1000,12345678901234567890]")
                .contains("\"data\":{\"big\":123456789012345678901234567890,\"list\":[1.10,null,true,\"t\"]}");
    }

    @Test
    void signalsReachThoseWhoArePresent() {
        try (var listener = WebSocketClient.connect(server)) {
            listener.call("subscribe", "\"channel\":\"typing\"");

            var answer = post(
                    "mutation {signal(channel: \"typing\", event: \"typing\", data: {on: true}) {channel}}", Map.of());

            assertThat(answer.path("data").path("signal").path("channel").asString())
                    .isEqualTo("typing");
            assertThat(listener.next("signal").path("data").toString()).isEqualTo("{\"on\":true}");
        }
    }

    @Test
    void marksWhatAUserHasRead() {
        var position = api.publish("marks", "1");
        api.publish("marks", "2");

        var moved = api.post(
                        "/graphql?user=bob",
                        request(
                                "mutation {markRead(channel: \"marks\", position: \"" + position
                                        + "\") {position unread}}",
                                Map.of()),
                        "Content-Type",
                        "application/json")
                .json();
        var read = api.get("/graphql?user=bob&query=" + encoded("{channel(name: \"marks\") {read {position unread}}}"))
                .json();

        assertThat(moved.path("data").path("markRead").toString())
                .isEqualTo("{\"position\":\"" + position + "\",\"unread\":1}");
        assertThat(read.path("data").path("channel").path("read"))
                .isEqualTo(moved.path("data").path("markRead"));
    }

    @Test
    void whatIsMissingFromHistoryIsToldInTheExtensions() {
        try (var small = EdgeServer.with(new NamespaceConfig()
                .on("memory", Durability.MEMORY)
                .keeping(2, DataSize.mib(1), Duration.ofHours(1)))) {
            var calls = new ApiClient(small);
            var first = calls.publish("short", "1");
            for (int i = 2; i <= 5; i++) {
                calls.publish("short", Integer.toString(i));
            }

            var answer = calls.post(
                            "/graphql",
                            request(
                                    "{channel(name: \"short\") {history(after: \"" + first
                                            + "\") {gap {from to} edges {node {data}}}}}",
                                    Map.of()),
                            "Content-Type",
                            "application/json")
                    .json();

            var gap = answer.path("extensions").path("gap");
            assertThat(gap.path("channel").asString()).isEqualTo("short");
            assertThat(gap.path("from").asString()).endsWith(".2");
            assertThat(gap.path("to").asString()).endsWith(".3");
            assertThat(answer.path("data")
                            .path("channel")
                            .path("history")
                            .path("gap")
                            .path("to"))
                    .isEqualTo(gap.path("to"));
        }
    }

    @Test
    void aFieldThatIsRefusedLeavesTheOthers() {
        var answer =
                post("{bad: channel(name: \"no such name!\") {newest} good: channel(name: \"x\") {name}}", Map.of());

        assertThat(answer.path("data").toString()).isEqualTo("{\"bad\":null,\"good\":{\"name\":\"x\"}}");
        assertThat(code(answer)).isEqualTo("bad-channel");
        assertThat(answer.path("errors").path(0).path("path").toString()).isEqualTo("[\"bad\"]");
    }

    @Test
    void theSameIsAskedOncePerRequest() {
        try (var strict = EdgeServer.configured(new ManualClock(), "limits: {exempt: [], user: {subscribes: 1/1m}}")) {
            var query = "{a: channel(name: \"c\") {newest oldest} b: channel(name: \"c\") {messages subscribers}}";

            var answer = new ApiClient(strict)
                    .post("/graphql?user=alice", request(query, Map.of()), "Content-Type", "application/json")
                    .json();

            assertThat(answer.has("errors")).as(answer.toString()).isFalse();
        }
    }

    @Test
    void severalRequestsComeInOneArray() {
        var body = "[" + request("{channel(name: \"a\") {name}}", Map.of()) + "," + request("{nonsense}", Map.of())
                + "," + request("subscription {messages(channels: [\"a\"]) {data}}", Map.of()) + "]";

        var answer = api.post("/graphql", body, "Content-Type", "application/json");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().size()).isEqualTo(3);
        assertThat(answer.json()
                        .path(0)
                        .path("data")
                        .path("channel")
                        .path("name")
                        .asString())
                .isEqualTo("a");
        assertThat(code(answer.json().path(1))).isEqualTo("bad-request");
        assertThat(code(answer.json().path(2))).isEqualTo("not-acceptable");
    }

    @Test
    void theResultsOfABatchAreBoundedTogether() {
        var text = "\"" + "x".repeat(60_000) + "\"";
        for (int i = 0; i < 100; i++) {
            api.publish("large", text);
        }
        var history = request("{channel(name: \"large\") {history(first: 100) {edges {node {data}}}}}", Map.of());
        var little = request("{channel(name: \"large\") {name}}", Map.of());
        var body = "[" + (history + ",").repeat(6) + little + "]";

        var answer = api.post("/graphql", body, "Content-Type", "application/json");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().length()).isLessThan(16 << 20);
        assertThat(answer.json().path(0).findPath("edges").size()).isGreaterThan(50);
        assertThat(code(answer.json().path(5))).isEqualTo("too-large");
        assertThat(answer.json().path(6).findPath("name").asString()).isEqualTo("large");
    }

    @Test
    void aPersistedQueryIsSentOnceAndThenNamed() throws Exception {
        var query = "{channel(name: \"persisted\") {name}}";
        var hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(query.getBytes(StandardCharsets.UTF_8)));
        var extensions = "{\"persistedQuery\":{\"version\":1,\"sha256Hash\":\"" + hash + "\"}}";

        var unknown = post("{\"extensions\":" + extensions + "}");
        var registered = post("{\"query\":" + JSON.writeValueAsString(query) + ",\"extensions\":" + extensions + "}");
        var named = api.get("/graphql?extensions=" + encoded(extensions));
        var wrong = post("{\"query\":\"{__typename}\",\"extensions\":" + extensions + "}");

        assertThat(unknown.json().path("errors").path(0).path("message").asString())
                .isEqualTo("PersistedQueryNotFound");
        assertThat(code(unknown.json())).isEqualTo("PERSISTED_QUERY_NOT_FOUND");
        assertThat(registered.json().path("data").path("channel").path("name").asString())
                .isEqualTo("persisted");
        assertThat(named.json()).isEqualTo(registered.json());
        assertThat(code(wrong.json())).isEqualTo("bad-request");
    }

    @Test
    void theStatusTellsTheResultOnlyToThoseWhoWantThat() {
        var modern = "application/graphql-response+json";

        var invalid = api.post("/graphql", request("{nonsense}", Map.of()), "Content-Type", "application/json");
        var invalidModern = api.post(
                "/graphql", request("{nonsense}", Map.of()), "Content-Type", "application/json", "Accept", modern);
        var field = api.post(
                "/graphql",
                request("{channel(name: \"!\") {name}}", Map.of()),
                "Content-Type",
                "application/json",
                "Accept",
                modern);

        assertThat(invalid.status()).isEqualTo(200);
        assertThat(invalid.header("content-type")).isEqualTo("application/json; charset=utf-8");
        assertThat(invalidModern.status()).isEqualTo(400);
        assertThat(invalidModern.header("content-type")).isEqualTo(modern + "; charset=utf-8");
        assertThat(invalidModern.json().has("data")).isFalse();
        assertThat(field.status()).isEqualTo(200);
    }

    @Test
    void theSchemaIsToldUnlessThatIsSwitchedOff() {
        var query = "{__schema {queryType {name} types {name fields {name args {name type {name ofType {name ofType"
                + " {name ofType {name}}}}}}}}}";

        var told = post(query, Map.of());
        try (var closed = EdgeServer.configured(new ManualClock(), "edge: {graphql: {introspection: false}}")) {
            var refused = new ApiClient(closed)
                    .post("/graphql", request(query, Map.of()), "Content-Type", "application/json")
                    .json();

            assertThat(told.path("data")
                            .path("__schema")
                            .path("queryType")
                            .path("name")
                            .asString())
                    .isEqualTo("Query");
            assertThat(refused.path("data").isMissingNode()
                            || refused.path("data").isNull())
                    .isTrue();
            assertThat(refused.path("errors").size()).isPositive();
        }
    }

    private static JsonNode history(String channel, String arguments) {
        return data("{channel(name: \"" + channel + "\") {history(" + arguments
                        + ") {edges {cursor node {data}} pageInfo {hasNextPage hasPreviousPage startCursor endCursor}}}}")
                .path("channel")
                .path("history");
    }

    private static List<String> numbers(JsonNode history) {
        return history.path("edges")
                .valueStream()
                .map(edge -> edge.path("node").path("data").toString())
                .toList();
    }

    private static String first(JsonNode history) {
        return history.path("pageInfo").path("startCursor").asString();
    }

    private static String end(JsonNode history) {
        return history.path("pageInfo").path("endCursor").asString();
    }

    private static JsonNode data(String query) {
        var answer = post(query, Map.of());
        assertThat(answer.has("errors")).as(answer.toString()).isFalse();
        return answer.path("data");
    }

    private static JsonNode post(String query, Map<String, ?> variables) {
        return post(request(query, variables)).json();
    }

    private static ApiClient.Answer post(String json) {
        return api.post("/graphql", json, "Content-Type", "application/json");
    }

    private static String request(String query, Map<String, ?> variables) {
        return JSON.writeValueAsString(Map.of("query", query, "variables", variables));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String code(JsonNode answer) {
        return answer.path("errors").path(0).path("extensions").path("code").asString();
    }
}
