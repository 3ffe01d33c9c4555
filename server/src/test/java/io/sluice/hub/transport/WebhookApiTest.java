package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.net.Clock;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Endpoint;
import io.sluice.testkit.SignedTokens;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The calls that make, show and change webhooks: who may, and what is refused how. */
final class WebhookApiTest {
    private static final String KEY = "an-api-key-of-a-backend";

    private final Endpoint endpoint = new Endpoint();
    private final EdgeServer server = EdgeServer.configured(
            Clock.SYSTEM, """
            auth:
              mode: jwt
              secret: %s
              api_keys:
                backend:
                  sha256: %s
                  grants: [{channels: 'orders:*', can: [admin, publish]}]
            webhooks:
              allow: [127.0.0.0/8]
              max_webhooks: 3
              out:
                fixed: {channels: ['orders:eu'], url: '%s', secrets: ['%s']}
            """.formatted(SignedTokens.SECRET, sha256(KEY), endpoint.url("/fixed"), Endpoint.SECRET));
    private final ApiClient api = new ApiClient(server);

    @AfterEach
    void stop() {
        server.close();
        endpoint.close();
    }

    @Test
    void aNewOneGetsASecretThatIsShownOnce() {
        var made = put("new", "\"channels\":[\"orders:us\"],\"url\":\"" + endpoint.url("/") + "\"");
        var secret = made.json().path("secrets").get(0).asString();
        publish("orders:us");

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().path("cursor").asString()).endsWith(".0");
        assertThat(endpoint.next().isSignedWith(secret)).isTrue();
        assertThat(get("/v1/webhooks/new").body()).doesNotContain("whsec_").contains("\"state\":\"live\"");
    }

    @Test
    void itIsReplacedAndKeepsItsSecretAndItsPlace() {
        var secret = put("new", "\"channels\":[\"orders:us\"],\"url\":\"" + endpoint.url("/old") + "\"")
                .json()
                .path("secrets")
                .get(0)
                .asString();
        publish("orders:us");
        endpoint.next();

        var replaced =
                put("new", "\"channels\":[\"orders:us\",\"orders:br\"],\"url\":\"" + endpoint.url("/new") + "\"");
        publish("orders:us");
        publish("orders:br");

        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.body()).doesNotContain("whsec_");
        var came = List.of(endpoint.next(), endpoint.next());
        assertThat(came).extracting(Endpoint.Delivery::path).containsOnly("/new");
        assertThat(came).allMatch(delivery -> delivery.isSignedWith(secret));
        assertThat(came)
                .extracting(each -> each.json().path("position").asString().replaceFirst(".*\\.", ""))
                .containsExactlyInAnyOrder("2", "1");
    }

    @Test
    void adminOnEveryChannelIsNeeded() {
        var foreign = put("new", "\"channels\":[\"orders:us\",\"chat\"],\"url\":\"" + endpoint.url("/") + "\"");
        var user = "Bearer " + SignedTokens.of("alice", Clock.SYSTEM.now(), Duration.ofHours(1));

        assertThat(foreign.status()).isEqualTo(403);
        assertThat(foreign.problem()).isEqualTo("forbidden");
        for (var call : List.of(
                "GET /v1/webhooks/fixed",
                "DELETE /v1/webhooks/fixed",
                "GET /v1/webhooks/fixed/dead",
                "POST /v1/webhooks/fixed/pause",
                "POST /v1/webhooks/fixed/replay")) {
            var parts = call.split(" ", 2);
            assertThat(api.method(parts[0], parts[1], "authorization", user).status())
                    .as(call)
                    .isEqualTo(403);
            assertThat(api.method(parts[0], parts[1]).status()).as(call).isEqualTo(401);
        }
        assertThat(api.get("/v1/webhooks", "authorization", user)
                        .json()
                        .path("webhooks")
                        .size())
                .isZero();
        assertThat(get("/v1/webhooks").json().path("webhooks").size()).isEqualTo(1);
    }

    @Test
    void aConfiguredOneDeliversAndIsChangedOnlyInTheConfiguration() {
        publish("orders:eu");

        assertThat(endpoint.next().path()).isEqualTo("/fixed");
        assertThat(put("fixed", "\"channels\":[\"orders:eu\"],\"url\":\"" + endpoint.url("/") + "\"")
                        .problem())
                .isEqualTo("conflict");
        assertThat(call("DELETE", "/v1/webhooks/fixed").problem()).isEqualTo("conflict");
        assertThat(call("POST", "/v1/webhooks/fixed/pause").json().path("state").asString())
                .isEqualTo("paused");
    }

    @Test
    void whatIsDeletedGetsNothingMoreAndIsForgotten() {
        var members = "\"channels\":[\"orders:us\"],\"url\":\"" + endpoint.url("/") + "\"";
        put("new", members);

        assertThat(call("DELETE", "/v1/webhooks/new").status()).isEqualTo(204);
        publish("orders:us");

        assertThat(get("/v1/webhooks/new").status()).isEqualTo(404);
        assertThat(call("DELETE", "/v1/webhooks/new").problem()).isEqualTo("not-found");
        assertThat(put("new", members).status()).isEqualTo(201);
        publish("orders:us");
        assertThat(endpoint.next().json().path("position").asString()).endsWith(".2");
    }

    @Test
    void noMoreThanConfiguredAreMade() {
        var members = "\"channels\":[\"orders:us\"],\"url\":\"" + endpoint.url("/") + "\"";
        put("one", members);
        put("two", members);

        var third = put("three", members);

        assertThat(third.status()).isEqualTo(409);
        assertThat(third.json().path("limit").asInt()).isEqualTo(3);
    }

    @Test
    void badDefinitionsAreRefusedWithTheFieldThatIsWrong() {
        var good = "\"channels\":[\"orders:us\"]";
        for (var url : List.of(
                "ftp://a.example/",
                "https://user:pw@a.example/",
                "https://a.example/#x",
                "//a.example",
                "https://",
                "https://a.example:22/",
                "https://a.example:0/",
                "https://a.example:70000/",
                "http://a b/",
                "javascript:alert(1)",
                "http://10.0.0.1/",
                "http://169.254.169.254/latest",
                "http://[::1]:8080/",
                "http://[fd00::1]/",
                "https://a.example/" + "x".repeat(2_048))) {
            assertField(put("new", good + ",\"url\":\"" + url + "\""), "url");
        }
        var fine = ",\"url\":\"" + endpoint.url("/") + "\"";
        for (var channels :
                List.of("[]", "[\"\"]", "[\"orders:*\"]", "[\"orders:us\",\"orders:us\"]", "[1]", "\"orders:us\"")) {
            assertField(put("new", "\"channels\":" + channels + fine), "channels");
        }
        for (var secrets : List.of(
                "[]",
                "[\"short\"]",
                "[\"whsec_c2hvcnQ=\"]",
                "[\"whsec_%%%%\"]",
                "[" + ("\"" + Endpoint.SECRET + "\",").repeat(5) + "\"" + Endpoint.SECRET + "\"]")) {
            var answer = put("new", good + fine + ",\"secrets\":" + secrets);
            assertField(answer, "secrets");
            assertThat(answer.body()).doesNotContain("MfKQ9r8G");
        }
        assertThat(put("new", good + fine + ",\"after\":\"nonsense\"").problem())
                .isEqualTo("bad-cursor");
        assertThat(put("new", good).problem()).isEqualTo("bad-request");
        assertField(call("PUT", "/v1/webhooks/UPPER"), "name");
        assertThat(call("PUT", "/v1/webhooks/new", "{").problem()).isEqualTo("bad-json");
        assertThat(call("PUT", "/v1/webhooks/new", "{\"x\":\"" + "y".repeat(70_000) + "\"}")
                        .problem())
                .isEqualTo("too-large");
    }

    @Test
    void badReplaysAreRefused() {
        assertThat(call("POST", "/v1/webhooks/fixed/replay", "{}").problem()).isEqualTo("bad-request");
        assertThat(call("POST", "/v1/webhooks/fixed/replay", "{\"after\":\"1.1\"}")
                        .problem())
                .isEqualTo("bad-cursor");
        assertThat(call("POST", "/v1/webhooks/fixed/dead/replay", "{\"number\":\"x\"}")
                        .problem())
                .isEqualTo("bad-request");
        assertThat(call("POST", "/v1/webhooks/fixed/dead/replay", "{\"number\":\"0000000000000001\"}")
                        .problem())
                .isEqualTo("not-found");
        assertThat(get("/v1/webhooks/fixed/dead?after=x").problem()).isEqualTo("bad-request");
        assertThat(call("POST", "/v1/webhooks/nobody/pause").problem()).isEqualTo("not-found");
        assertThat(call("PATCH", "/v1/webhooks/fixed").status()).isEqualTo(405);
    }

    private static void assertField(ApiClient.Answer answer, String field) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).as(answer.body()).isEqualTo(field);
    }

    private void publish(String channel) {
        assertThat(api.post("/v1/channels/" + channel + "/messages", "1", "authorization", "Bearer " + KEY)
                        .status())
                .isEqualTo(201);
    }

    private ApiClient.Answer put(String name, String members) {
        return call("PUT", "/v1/webhooks/" + name, "{" + members + "}");
    }

    private ApiClient.Answer get(String path) {
        return api.get(path, "authorization", "Bearer " + KEY);
    }

    private ApiClient.Answer call(String method, String path) {
        return api.method(method, path, "authorization", "Bearer " + KEY);
    }

    private ApiClient.Answer call(String method, String path, String body) {
        return method.equals("PUT")
                ? api.put(path, body, "authorization", "Bearer " + KEY)
                : api.post(path, body, "authorization", "Bearer " + KEY);
    }

    private static String sha256(String text) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
