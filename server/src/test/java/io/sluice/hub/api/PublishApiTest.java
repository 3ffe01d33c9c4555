package io.sluice.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.NamespaceConfig;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.RawClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishing over plain HTTP, one by one and many at once. */
final class PublishApiTest {
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
    void answers201WithThePositionAndWhereItIs() {
        var answer = api.post("/v1/channels/pub:one/messages", "{\"a\":1}");

        var found = api.get(answer.header("location")).json().path("messages").get(0);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().path("channel").asString()).isEqualTo("pub:one");
        assertThat(found.path("position")).isEqualTo(answer.json().path("position"));
        assertThat(found.path("data").toString()).isEqualTo("{\"a\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t1 | application/json | {\"x\":1} | ,\"data\":{\"x\":1}}",
                "t2 | text/plain | say \"hi\" | ,\"data\":\"say \\\"hi\\\"\"}",
                "t3 | application/x-www-form-urlencoded | {\"curl\":true} | ,\"data\":{\"curl\":true}}",
                "t4 | image/png | abc | ,\"data_base64\":\"YWJj\",\"content_type\":\"image/png\"}"
            })
    void showsABodyAsItsMediaTypeSays(String channel, String type, String body, String shown) {
        api.post("/v1/channels/" + channel + "/messages", body, "Content-Type", type);

        assertThat(api.get("/v1/channels/" + channel + "/messages").body()).contains(shown + "]");
    }

    @Test
    void givesTheFirstAnswerToARepeatedKeyAndRefusesAnotherBody() {
        var first = api.post("/v1/channels/pub:key/messages", "1", "Idempotency-Key", "k1");

        var again = api.post("/v1/channels/pub:key/messages", "1", "Idempotency-Key", "k1");
        var other = api.post("/v1/channels/pub:key/messages", "2", "Idempotency-Key", "k1");

        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("idempotency-replayed")).isEqualTo("true");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.problem()).isEqualTo("idempotency-mismatch");
    }

    @Test
    void appendsOnceForOneKeyInFlightManyTimesAndRemembersItAcrossARestart(@TempDir Path folder) {
        var positions = new HashSet<String>();
        try (var own = EdgeServer.with(new NamespaceConfig(), folder)) {
            var http = new ApiClient(own);
            var answers = new ArrayList<CompletableFuture<ApiClient.Answer>>();
            for (int i = 0; i < 20; i++) {
                answers.add(http.begin("POST", "/v1/channels/c/messages", "1", "Idempotency-Key", "same"));
            }
            answers.forEach(answer ->
                    positions.add(answer.join().json().path("position").asString()));
        }

        try (var own = EdgeServer.with(new NamespaceConfig(), folder)) {
            var http = new ApiClient(own);
            var again = http.post("/v1/channels/c/messages", "1", "Idempotency-Key", "same");

            assertThat(positions).containsExactly(again.json().path("position").asString());
            assertThat(http.get("/v1/channels/c").json().path("messages").asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void letsOneOfManyWinWhoMatchTheSamePosition() {
        var newest = api.publish("pub:race", "1");
        var answers = new ArrayList<CompletableFuture<ApiClient.Answer>>();
        for (int i = 0; i < 10; i++) {
            answers.add(api.begin("POST", "/v1/channels/pub:race/messages", "2", "If-Match", "\"" + newest + "\""));
        }

        var statuses = answers.stream().map(answer -> answer.join().status()).toList();

        assertThat(statuses).containsOnlyOnce(201);
        assertThat(statuses).contains(412);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/channels/a%20b/messages | 1 | application/json | 400 | bad-channel",
                "/v1/channels/c/messages | {\"a\": | application/json | 400 | bad-json",
                "/v1/channels/c/messages | 1 2 | application/json | 400 | bad-json",
                "/v1/channels/c/messages | '' | application/json | 400 | bad-json",
                "/v1/channels/c/messages | 1 | nonsense | 415 | unsupported-media",
                "/v1/users/a%20b/messages | 1 | application/json | 400 | bad-channel",
                "/v1/messages | {} | application/json | 400 | bad-request",
                "/v1/messages | [1 | application/json | 400 | bad-json"
            })
    void refusesWithAReason(String path, String body, String type, int status, String problem) {
        var answer = api.post(path, body, "Content-Type", type);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.problem()).isEqualTo(problem);
        assertThat(answer.json().path("detail").asString()).isNotEmpty();
        assertThat(answer.json().path("instance").asString()).isEqualTo(answer.header("x-request-id"));
    }

    @ParameterizedTest
    @CsvSource({"application/json, bad-json", "text/plain, bad-request"})
    void refusesABodyThatIsNotUtf8WhereItsTypeSaysText(String type, String problem) {
        try (var client = RawClient.connect(server.port())) {
            client.send("POST /v1/channels/c/messages HTTP/1.1\r\nHost: x\r\nContent-Type: " + type
                    + "\r\nContent-Length: 4\r\n\r\n");
            client.send(new byte[] {'"', (byte) 0xc3, '(', '"'});

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 400 ")
                    .contains("urn:sluice:problem:" + problem)
                    .contains("UTF-8");
        }
    }

    @Test
    void refusesABodyLargerThanAPublicationMayBe() {
        var answer = api.post("/v1/channels/c/messages", "x".repeat((1 << 20) + 1), "Content-Type", "text/plain");

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.problem()).isEqualTo("too-large");
    }

    @Test
    void publishesOfABatchWhatItCanAndSaysWhyNotTheRest() {
        var answer = api.post(
                "/v1/messages",
                "[{\"channel\":\"pub:part\",\"data\":1},{\"channel\":\"a b\",\"data\":1},5,{\"channel\":\"pub:part\"},"
                        + "{\"channel\":\"pub:part\",\"data\":2}]");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().valueStream().map(item -> item.path("status").asInt()))
                .containsExactly(201, 400, 400, 400, 201);
        assertThat(api.get("/v1/channels/pub:part").json().path("messages").asInt())
                .isEqualTo(2);
    }

    @Test
    void takesABatchOf1000AndNotOneMore() {
        var item = "{\"channel\":\"pub:many\",\"data\":1}";

        var fits = api.post("/v1/messages", "[" + item + ("," + item).repeat(999) + "]");
        var tooMany = api.post("/v1/messages", "[" + item + ("," + item).repeat(1000) + "]");

        assertThat(fits.json().size()).isEqualTo(1000);
        assertThat(tooMany.status()).isEqualTo(413);
    }
}
