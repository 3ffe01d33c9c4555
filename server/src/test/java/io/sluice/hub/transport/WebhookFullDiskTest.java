package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.ConfigReader;
import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Endpoint;
import io.sluice.testkit.Endpoint.Answer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.SmallDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A disk that is full when a webhook has something to store: it waits, says so, and goes on by itself once there is room.
 * Nothing is lost, and nothing is sent again that this process knows to be taken. Who wants something of it meanwhile is refused.
 */
final class WebhookFullDiskTest {
    @TempDir
    Path folder;

    private final Endpoint endpoint = new Endpoint();
    private SmallDisk disk;
    private EdgeServer server;
    private ApiClient api;

    @BeforeEach
    void start() {
        disk = new SmallDisk(folder);
        serve("24h");
    }

    @AfterEach
    void stop() {
        server.close();
        endpoint.close();
        disk.close();
    }

    @Test
    void theNextDeliveryWaitsUntilTheCursorIsStored() {
        make();
        endpoint.hold();
        publish(1, 3);
        endpoint.next();

        fill();
        endpoint.release();
        Eventually.holds(() -> show().path("trouble").asString("").startsWith("storage-unavailable"));
        var meanwhile = show();
        int early = endpoint.waiting();
        disk.free();

        assertThat(meanwhile.path("state").asString()).isEqualTo("failing");
        assertThat(meanwhile.path("lag").asInt()).isEqualTo(2);
        assertThat(early).isZero();
        assertThat(endpoint.data(2)).containsExactly("2", "3");
        Eventually.holds(() -> show().path("lag").asInt(-1) == 0);
        assertThat(show().path("state").asString()).isEqualTo("live");
        assertThat(show().has("trouble")).isFalse();
        assertThat(endpoint.waiting()).isZero();
    }

    @Test
    void aRetryIsMadeOnceItsTimeIsStored() {
        make();
        endpoint.answers(new Answer(500));
        endpoint.hold();
        publish(1, 2);
        var first = endpoint.next();

        fill();
        endpoint.release();
        Eventually.holds(() -> show().path("trouble").asString("").startsWith("storage-unavailable"));
        int early = endpoint.waiting();
        disk.free();

        assertThat(early).isZero();
        assertThat(endpoint.next().id()).isEqualTo(first.id());
        assertThat(endpoint.next().data()).isEqualTo("2");
    }

    @Test
    void whatIsGivenUpIsADeadLetterOnceThereIsRoomForIt() {
        server.close();
        serve("0s");
        make();
        endpoint.answers(new Answer(500));
        endpoint.hold();
        publish(1, 2);
        var first = endpoint.next();

        fill();
        endpoint.release();
        Eventually.holds(() -> show().path("trouble").asString("").startsWith("storage-unavailable"));
        int dead = show().path("dead").asInt();
        disk.free();

        assertThat(dead).isZero();
        assertThat(endpoint.next().data()).isEqualTo("2");
        var letters = api.get("/v1/webhooks/orders/dead").json();
        assertThat(letters.path("count").asInt()).isEqualTo(1);
        assertThat(letters.path("dead").get(0).path("id").asString()).isEqualTo(first.id());
        api.post("/v1/webhooks/orders/dead/replay", "");
        assertThat(endpoint.next().data()).isEqualTo("1");
    }

    @Test
    void aServerThatEndsWhileTheDiskIsFullRepeatsTheOneDelivery() {
        make();
        endpoint.hold();
        publish(1, 2);
        var first = endpoint.next();
        fill();
        endpoint.release();
        Eventually.holds(() -> show().path("trouble").asString("").startsWith("storage-unavailable"));

        server.close();
        disk.free();
        serve("24h");

        assertThat(endpoint.next().id()).isEqualTo(first.id());
        assertThat(endpoint.next().data()).isEqualTo("2");
    }

    @Test
    void callsAreRefusedAndLeaveItAsItWas() {
        make();
        publish(1, 1);
        endpoint.next();
        Eventually.holds(() -> show().path("lag").asInt(-1) == 0);
        fill();

        var paused = api.post("/v1/webhooks/orders/pause", "");
        var made = api.put("/v1/webhooks/other", definition());
        var deleted = api.method("DELETE", "/v1/webhooks/orders");

        assertThat(paused.problem()).isEqualTo("storage-unavailable");
        assertThat(made.problem()).isEqualTo("storage-unavailable");
        assertThat(deleted.problem()).isEqualTo("storage-unavailable");
        assertThat(show().path("state").asString()).isEqualTo("live");
        assertThat(api.get("/v1/webhooks/other").status()).isEqualTo(404);
        free();
        publish(2, 2);
        assertThat(endpoint.next().data()).isEqualTo("2");
        assertThat(api.method("DELETE", "/v1/webhooks/orders").status()).isEqualTo(204);
    }

    @Test
    void callsAreRefusedAtOnceWhileAStepCannotBeStored() {
        make();
        endpoint.hold();
        publish(1, 2);
        endpoint.next();
        var waiting = List.of(
                api.begin("POST", "/v1/webhooks/orders/pause", ""),
                api.begin("PUT", "/v1/webhooks/orders", definition()));

        fill();
        endpoint.release();
        var refused =
                new ArrayList<>(waiting.stream().map(CompletableFuture::join).toList());
        Eventually.holds(() -> show().path("trouble").asString("").startsWith("storage-unavailable"));
        refused.add(api.post("/v1/webhooks/orders/pause", ""));
        refused.add(api.post("/v1/webhooks/orders/resume", ""));
        refused.add(api.post("/v1/webhooks/orders/replay", "{\"after\":\"earliest\"}"));
        refused.add(api.post("/v1/webhooks/orders/dead/replay", ""));
        refused.add(api.put("/v1/webhooks/orders", definition()));
        refused.add(api.method("DELETE", "/v1/webhooks/orders"));
        var meanwhile = show();
        disk.free();

        assertThat(refused).hasSize(8).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.problem()).isEqualTo("storage-unavailable");
            assertThat(answer.header("retry-after")).isNotEmpty();
        });
        assertThat(meanwhile.path("state").asString()).isEqualTo("failing");
        assertThat(endpoint.next().data()).isEqualTo("2");
        Eventually.holds(() -> show().path("lag").asInt(-1) == 0);
        assertThat(api.post("/v1/webhooks/orders/pause", "").status()).isEqualTo(200);
        assertThat(endpoint.waiting()).isZero();
    }

    private void serve(String retryAge) {
        var webhooks = "webhooks: {allow: [127.0.0.0/8], retry_first: 100ms, retry_longest: 200ms, retry_age: "
                + retryAge + "}";
        var hub = new HubConfig()
                .in(disk.folder().resolve("data"))
                .with(new DiskConfig(disk.reserve(), DataSize.mib(1)))
                .with(new NamespaceConfig());
        server = EdgeServer.with(new Config()
                .with(hub)
                .with(ConfigReader.parse(webhooks, "test.yaml", Map.of()).webhooks()));
        api = new ApiClient(server);
        Eventually.holds(() -> api.get("/v1/webhooks").status() == 200);
    }

    private void make() {
        var answer = api.put("/v1/webhooks/orders", definition());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    private String definition() {
        return "{\"channels\":[\"a\"],\"url\":\"%s\",\"secrets\":[\"%s\"]}"
                .formatted(endpoint.url("/"), Endpoint.SECRET);
    }

    private void publish(int first, int last) {
        for (int i = first; i <= last; i++) {
            api.publish("a", Integer.toString(i));
        }
    }

    /** Fills the disk; the engine notices by itself. */
    private void fill() {
        disk.fill();
        Eventually.holds(() -> api.admin("/readyz").status() == 503);
    }

    private void free() {
        disk.free();
        Eventually.holds(() -> api.admin("/readyz").status() == 200);
    }

    private JsonNode show() {
        return api.get("/v1/webhooks/orders").json();
    }
}
