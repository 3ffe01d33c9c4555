package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.SignedTokens;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What clients send that no server should have to execute. */
final class GraphQlBadInputTest {
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
    void fieldsFiftyLevelsDeepAreNotEvenValidated() {
        var answer = refused("{a".repeat(50) + "}".repeat(50), Map.of());

        assertThat(message(answer)).contains("nested 50 deep").contains("at most 16");
        assertThat(extension(answer, "limit")).isEqualTo("16");
    }

    @Test
    void depthCountsThroughFragments() {
        var query = new StringBuilder("{...F0}");
        for (int i = 0; i < 20; i++) {
            query.append(" fragment F")
                    .append(i)
                    .append(" on Query {a {...F")
                    .append(i + 1)
                    .append("}}");
        }
        query.append(" fragment F20 on Query {a}");

        assertThat(message(refused(query.toString(), Map.of()))).contains("nested 21 deep");
    }

    @Test
    void anAliasBombIsCounted() {
        var query = new StringBuilder("{");
        for (int i = 0; i < 31; i++) {
            query.append(" a").append(i).append(": channel(name: \"x\") {name}");
        }

        assertThat(message(refused(query + "}", Map.of())))
                .contains("31 aliases")
                .contains("30 allowed");
    }

    @Test
    void aPageOfTenThousandTimesTenFieldsCostsTooMuch() {
        var fields = "{edges {node {position time event from data channel contentType}}}";
        var query = "query($n: Int) {channel(name: \"x\") {a: history(first: $n) " + fields
                + " b: history(first: 1000) " + fields + " c: history(first: 1000) " + fields + "}}";

        assertThat(message(refused(query, Map.of("n", 1000)))).contains("at most 20000 are allowed");
    }

    @Test
    void aQueryWhoseFieldsAreBeyondCountingIsSaidToBe() {
        var query = new StringBuilder("{channel(name: \"x\") {...F0}}");
        for (int i = 0; i < 40; i++) {
            query.append(" fragment F%d on Channel {...F%d ...F%d}".formatted(i, i + 1, i + 1));
        }
        query.append(" fragment F40 on Channel {name}");

        assertThat(message(refused(query.toString(), Map.of()))).contains("2147483647 or more fields");
    }

    @Test
    void fragmentsThatLoopAreRefused() {
        var answer = refused(
                "{channel(name: \"x\") {...A}} fragment A on Channel {...B} fragment B on Channel {name ...A}",
                Map.of());

        assertThat(message(answer)).contains("cycle");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{...F}", "subscription {...F}", "{...A} fragment A on Query {...F}"})
    void aFragmentThatIsNotThereIsNamed(String query) {
        assertThat(message(refused(query, Map.of()))).contains("fragment 'F'");
    }

    /** graphql-java's own rule looks at it before the others have, and fails. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "subscription {... on Nope {a}}",
                "subscription {... on String {a}}",
                "subscription {...F} fragment F on Nope {a}",
                "subscription {...F} fragment F on Subscription {...F}",
                "subscription {...F} fragment F on Subscription {...G} fragment G on Subscription {...F}",
                "subscription {a @include}",
                "subscription {a @include(if: $n)}",
                "subscription ($n: Nope) {a @skip(if: $n)}",
                "subscription {a @skip(if: 7) b}",
                "subscription {... @include(if: \"x\") {a}}",
                "subscription {__typename}",
                "subscription {__typename messages(channels: [\"x\"]) {data}}",
                "subscription {messages(channels: [\"x\"]) {data} b: messages(channels: [\"y\"]) {data}}",
                "subscription {...F b: messages(channels: [\"y\"]) {data}} fragment F on Subscription {messages(channels: [\"x\"]) {data}}",
                "subscription ($n: Boolean!) {messages(channels: [\"x\"]) @include(if: $n) {data}}",
                "subscription ($n: Boolean!) {... @skip(if: $n) {messages(channels: [\"x\"]) {data}}}",
            })
    void aSubscriptionThatMakesNoSenseIsRefused(String query) {
        assertThat(message(refused(query, Map.of()))).isNotBlank();
    }

    @Test
    void fragmentsThatSpreadOthersTwiceAreLookedAtOnce() {
        var query = new StringBuilder("subscription {...F0 __typename}");
        for (int i = 0; i < 60; i++) {
            var next = "...F" + (i + 1);
            query.append(" fragment F" + i + " on Subscription {" + next + " " + next + "}");
        }
        query.append(" fragment F60 on Subscription {messages(channels: [\"x\"]) {data}}");

        assertThat(message(refused(query.toString(), Map.of()))).contains("one field");
    }

    @Test
    void aQueryMayHaveSoManyTokensAndCharacters() {
        var many = refused("{" + "a ".repeat(2_100) + "}", Map.of());
        var characters = refused("{__typename}" + " ".repeat(17_000), Map.of());

        assertThat(message(many)).contains("2,000").containsIgnoringCase("tokens");
        assertThat(message(characters)).contains("at most 16384");
        assertThat(extension(characters, "code")).isEqualTo("too-large");
    }

    @Test
    void whatIsNotInTheSchemaIsNamed() {
        var field = refused("{channel(name: \"x\") {secret}}", Map.of());
        var argument = refused("{channel(id: 7) {name}}", Map.of());
        var operation = refused("query A {__typename} query B {__typename}", Map.of());
        var schema = refused("type Query {a: Int}", Map.of());
        var nothing = refused("", Map.of());

        assertThat(message(field)).contains("secret");
        assertThat(message(argument)).contains("id");
        assertThat(message(operation)).contains("operationName");
        assertThat(message(schema)).contains("operations and fragments only");
        assertThat(message(nothing)).isNotEmpty();
    }

    @Test
    void variablesMustBeWhatTheQuerySays() {
        var query =
                "query($name: String!, $first: Int) {channel(name: $name) {history(first: $first) {edges {cursor}}}}";

        var missing = refused(query, Map.of());
        var wrong = refused(query, Map.of("name", "x", "first", "many"));

        assertThat(message(missing)).contains("name");
        assertThat(message(wrong)).contains("first");
    }

    @Test
    void argumentsAreHeldAgainstTheHubsRules() {
        assertThat(code("{channel(name: \"\") {name}}")).isEqualTo("bad-channel");
        assertThat(code("{channel(name: \"x\") {history(after: \"nonsense\") {edges {cursor}}}}"))
                .isEqualTo("bad-cursor");
        assertThat(code("{channel(name: \"x\") {history(before: \"nonsense\") {edges {cursor}}}}"))
                .isEqualTo("bad-cursor");
        assertThat(code("{channel(name: \"x\") {history(first: 0) {edges {cursor}}}}"))
                .isEqualTo("bad-request");
        assertThat(code("mutation {publish(channel: \"x\", data: 1, event: \"\") {position}}"))
                .isEqualTo("bad-request");
        assertThat(code("mutation {publish(channel: \"x\", data: 1, ifNewest: \"?\") {position}}"))
                .isEqualTo("bad-cursor");
        assertThat(code("mutation {markRead(channel: \"x\", position: \"?\") {position}}"))
                .isEqualTo("bad-cursor");
    }

    @Test
    void aSubscriptionToNothingIsRefused() {
        assertThat(events("subscription {messages(channels: []) {data}}")).contains("channels must be 1 to 100");
        assertThat(events("subscription {messages(channels: [\\\"no name!\\\"]) {data}}"))
                .contains("\"code\":\"bad-channel\"");
        assertThat(events("subscription {messages(channels: [\\\"a\\\"], after: \\\"?\\\") {data}}"))
                .contains("\"code\":\"bad-cursor\"");
        assertThat(events("subscription {__typename}")).contains("\"errors\"");
        assertThat(events("subscription {a: messages(channels: [\\\"a\\\"]) {data} b: messages(channels: [\\\"b\\\"])"
                        + " {data}}"))
                .contains("\"errors\"");
    }

    @Test
    void aSubscriptionNeedsAStream() {
        var answer = post("{\"query\":\"subscription {messages(channels: [\\\"a\\\"]) {data}}\"}");

        assertThat(answer.status()).isEqualTo(406);
        assertThat(answer.problem()).isEqualTo("not-acceptable");
    }

    @Test
    void aMutationNeedsPost() {
        var query =
                URLEncoder.encode("mutation {publish(channel: \"get\", data: 1) {position}}", StandardCharsets.UTF_8);

        var answer = api.get("/graphql?query=" + query);

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("allow")).isEqualTo("POST");
        assertThat(api.get("/v1/channels/get/messages").json().path("messages").size())
                .isZero();
    }

    @Test
    void bodiesThatAreNoRequestAreProblems() {
        assertThat(post("{\"query\":").problem()).isEqualTo("bad-json");
        assertThat(post("{\"query\":\"{__typename}\"} trailing").problem()).isEqualTo("bad-json");
        assertThat(post("7").problem()).isEqualTo("bad-request");
        assertThat(post("[]").problem()).isEqualTo("bad-request");
        assertThat(post("[7]").problem()).isEqualTo("bad-request");
        assertThat(post("{}").problem()).isEqualTo("bad-request");
        assertThat(post("{\"query\":\"{__typename}\",\"variables\":[]}")
                        .json()
                        .path("field")
                        .asString())
                .isEqualTo("variables");
        assertThat(post("[" + "{\"query\":\"{__typename}\"},".repeat(10) + "{\"query\":\"{__typename}\"}]")
                        .json()
                        .path("limit")
                        .asInt())
                .isEqualTo(10);
        assertThat(post("[".repeat(2_000)).problem()).isEqualTo("bad-json");
        assertThat(api.get("/graphql").problem()).isEqualTo("bad-request");
        assertThat(api.get("/graphql?query=%7B__typename%7D&variables=nonsense").problem())
                .isEqualTo("bad-request");
    }

    @Test
    void otherMediaTypesAreRefused() {
        var form = api.post("/graphql", "query={__typename}", "Content-Type", "application/x-www-form-urlencoded");
        var xml = api.post(
                "/graphql", "{\"query\":\"{__typename}\"}", "Content-Type", "application/json", "Accept", "text/xml");

        assertThat(form.status()).isEqualTo(415);
        assertThat(xml.status()).isEqualTo(406);
    }

    @Test
    void aBodyLargerThanAnyRequestIsRefusedUnread() {
        try (var raw = RawClient.connect(server.port())) {
            raw.send("POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 5000000\r\n\r\n");

            assertThat(raw.readResponse()).startsWith("HTTP/1.1 413 ").contains("too-large");
        }
    }

    @Test
    void onlySoManyAreExecutedAtOnce() throws Exception {
        var clock = new ManualClock();
        try (var backend = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var busy = askingBefore(clock, backend, "max_running: 1")) {
            var first = ask(busy, clock);
            try (var asked = backend.accept()) {
                var second = ask(busy, clock).get(20, TimeUnit.SECONDS);

                assertThat(asked.isConnected()).isTrue();
                assertThat(second.status()).isEqualTo(503);
                assertThat(second.problem()).isEqualTo("overloaded");
                assertThat(first).isNotDone();
            }
        }
    }

    @Test
    void noneIsWaitedForForEver() throws Exception {
        var clock = new ManualClock();
        try (var backend = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var waiting = askingBefore(clock, backend, "timeout: 2s")) {
            var answer = ask(waiting, clock);
            try (var asked = backend.accept()) {
                clock.advance(Duration.ofSeconds(3));

                assertThat(asked.isConnected()).isTrue();
                assertThat(answer.get(20, TimeUnit.SECONDS).status()).isEqualTo(504);
                assertThat(answer.get().problem()).isEqualTo("deadline-exceeded");
            }
        }
    }

    /** A server that asks the team's backend whether alice may read, which never answers. */
    private static EdgeServer askingBefore(ManualClock clock, ServerSocket backend, String limit) {
        return EdgeServer.configured(
                clock,
                "auth: {mode: jwt, secret: " + SignedTokens.SECRET + ", callback: {url: 'http://127.0.0.1:"
                        + backend.getLocalPort() + "/', secret: " + SignedTokens.SECRET
                        + ", timeout: 10s}}\nedge: {graphql: {" + limit + "}}");
    }

    private static CompletableFuture<ApiClient.Answer> ask(EdgeServer server, ManualClock clock) {
        var token = SignedTokens.sign(
                SignedTokens.claims("alice", clock.now(), Duration.ofHours(1)).claim("grants", List.of()));
        return new ApiClient(server)
                .begin(
                        "POST",
                        "/graphql",
                        "{\"query\":\"{channel(name: \\\"x\\\") {newest}}\"}",
                        "Content-Type",
                        "application/json",
                        "Authorization",
                        "Bearer " + token);
    }

    private static String events(String query) {
        return api.post(
                        "/graphql",
                        "{\"query\":\"" + query + "\"}",
                        "Content-Type",
                        "application/json",
                        "Accept",
                        "text/event-stream")
                .body();
    }

    private static String code(String query) {
        var answer = post(JSON.writeValueAsString(Map.of("query", query)));
        assertThat(answer.status()).isEqualTo(200);
        return extension(answer.json(), "code");
    }

    /** The result of a request that is refused as a whole: no data, and 400 for those who want the status to tell. */
    private static JsonNode refused(String query, Map<String, ?> variables) {
        var answer = api.post(
                "/graphql",
                JSON.writeValueAsString(Map.of("query", query, "variables", variables)),
                "Content-Type",
                "application/json",
                "Accept",
                "application/graphql-response+json, text/event-stream;q=0.1");
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().has("data")).isFalse();
        return answer.json();
    }

    private static ApiClient.Answer post(String body) {
        return api.post("/graphql", body, "Content-Type", "application/json");
    }

    private static String message(JsonNode answer) {
        return answer.path("errors").path(0).path("message").asString();
    }

    private static String extension(JsonNode answer, String name) {
        var value = answer.path("errors").path(0).path("extensions").path(name);
        return value.isMissingNode() ? "" : value.asString();
    }
}
