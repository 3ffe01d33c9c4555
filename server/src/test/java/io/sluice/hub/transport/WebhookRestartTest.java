package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.ConfigReader;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.net.Clock;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Endpoint;
import io.sluice.testkit.Endpoint.Answer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a webhook has taken, and what it is about to do, outlives the process. */
final class WebhookRestartTest {
    private static final String WEBHOOK = """
            {"channels":["a","b"],"url":"%s","secrets":["%s"]}""";

    @TempDir
    Path data;

    private final ManualClock clock = new ManualClock();
    private final Endpoint endpoint = new Endpoint();

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void goesOnExactlyWhereItWas() {
        try (var server = start(Clock.SYSTEM)) {
            var api = new ApiClient(server);
            make(api);
            api.publish("a", "1");
            api.publish("b", "2");
            endpoint.data(2);
            Eventually.holds(() -> lag(api) == 0);
            api.post("/v1/webhooks/orders/pause", "");
            api.publish("a", "3");
            api.publish("b", "4");
        }

        try (var server = start(Clock.SYSTEM)) {
            var api = new ApiClient(server);
            Eventually.holds(() -> api.get("/v1/webhooks/orders").status() == 200);
            assertThat(endpoint.waiting()).isZero();
            api.post("/v1/webhooks/orders/resume", "");

            assertThat(endpoint.data(2)).containsExactlyInAnyOrder("3", "4");
            api.publish("a", "5");
            assertThat(endpoint.next().data()).isEqualTo("5");
        }
    }

    @Test
    void aRetryIsMadeAtItsTimeAndDeadLettersAreKept() {
        endpoint.answers(new Answer(500), new Answer(503, "retry-after", "3600"));
        try (var server = start(clock, "webhooks: {allow: [127.0.0.0/8], retry_first: 100ms, retry_age: 0s}")) {
            var api = new ApiClient(server);
            make(api);
            api.publish("a", "1");
            endpoint.next();
            Eventually.holds(() -> show(api).path("dead").asInt(-1) == 1);
        }
        try (var server = start(clock)) {
            var api = new ApiClient(server);
            Eventually.holds(() -> show(api).path("dead").asInt(-1) == 1);
            api.publish("a", "2");
            endpoint.next();
            Eventually.holds(() -> show(api).path("attempts").asInt(-1) == 1);
        }

        try (var server = start(clock)) {
            var api = new ApiClient(server);
            Eventually.holds(() -> show(api).path("attempts").asInt(-1) == 1);
            clock.advance(Duration.ofMinutes(59));
            assertThat(endpoint.waiting()).isZero();
            clock.advance(Duration.ofMinutes(2));

            assertThat(endpoint.next().data()).isEqualTo("2");
            api.post("/v1/webhooks/orders/dead/replay", "");
            assertThat(endpoint.next().data()).isEqualTo("1");
        }
    }

    @Test
    void oneThatWasMadeWhileItWasDeletedIsStillThere() {
        int webhooks = 40;
        var body = WEBHOOK.formatted(endpoint.url("/"), Endpoint.SECRET);
        var there = new ArrayList<Integer>();
        try (var server = start(Clock.SYSTEM)) {
            var api = new ApiClient(server);
            Eventually.holds(() -> api.get("/v1/webhooks").status() == 200);
            for (int i = 0; i < webhooks; i++) {
                var path = "/v1/webhooks/w" + i;
                assertThat(api.put(path, body).status()).isEqualTo(201);
                var deleted = api.begin("DELETE", path, "");
                var made = api.begin("PUT", path, body);
                assertThat(deleted.join().status()).isEqualTo(204);
                assertThat(made.join().status()).isIn(200, 201, 409);
                there.add(api.get(path).status());
            }
        }

        try (var server = start(Clock.SYSTEM)) {
            var api = new ApiClient(server);
            Eventually.holds(() -> api.get("/v1/webhooks").status() == 200);

            var afterwards = IntStream.range(0, webhooks)
                    .mapToObj(i -> api.get("/v1/webhooks/w" + i).status())
                    .toList();
            assertThat(afterwards).isEqualTo(there);
        }
    }

    @Test
    void aKilledProcessRepeatsAtMostTheDeliveryWhoseAnswerWasNotStored() throws Exception {
        int perLife = 150;
        int lives = 3;
        var environment = Map.of("SLUICE_WEBHOOKS_ALLOW", "127.0.0.0/8");
        var came = new ArrayList<Integer>();

        try (var server = ServerProcess.demo(data, environment)) {
            var api = new ApiClient(server);
            make(api);
            for (int life = 0; life < lives; life++) {
                int first = life * perLife;
                var batch = new StringBuilder("[");
                IntStream.range(first, first + perLife)
                        .forEach(i ->
                                batch.append(i == first ? "" : ",").append("{\"channel\":\"a\",\"data\":" + i + "}"));
                var stored = api.post("/v1/messages", batch + "]");
                assertThat(stored.status()).as(stored.body()).isEqualTo(200);
                do {
                    came.add(Integer.valueOf(endpoint.next().data()));
                } while (came.getLast() < first + perLife / 3);
                server.kill();
                server.startAgain();
            }
            while (came.getLast() < lives * perLife - 1) {
                came.add(Integer.valueOf(endpoint.next().data()));
            }
        }

        int repeated = 0;
        for (int i = 1; i < came.size(); i++) {
            int step = came.get(i) - came.get(i - 1);
            assertThat(step)
                    .as("from " + came.get(i - 1) + " to " + came.get(i))
                    .isIn(0, 1);
            repeated += step == 0 ? 1 : 0;
        }
        assertThat(came.getFirst()).isZero();
        assertThat(repeated).isLessThanOrEqualTo(lives);
    }

    private EdgeServer start(Clock time) {
        return start(time, "webhooks: {allow: [127.0.0.0/8], retry_first: 100ms}");
    }

    private EdgeServer start(Clock time, String yaml) {
        return EdgeServer.with(
                new Config()
                        .with(new HubConfig().in(data).with(new NamespaceConfig()))
                        .with(ConfigReader.parse(yaml, "test.yaml", Map.of()).webhooks()),
                time);
    }

    private void make(ApiClient api) {
        Eventually.holds(() -> api.get("/v1/webhooks").status() == 200);
        var answer = api.put("/v1/webhooks/orders", WEBHOOK.formatted(endpoint.url("/"), Endpoint.SECRET));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    private static tools.jackson.databind.JsonNode show(ApiClient api) {
        return api.get("/v1/webhooks/orders").json();
    }

    private static int lag(ApiClient api) {
        return show(api).path("lag").asInt(-1);
    }
}
