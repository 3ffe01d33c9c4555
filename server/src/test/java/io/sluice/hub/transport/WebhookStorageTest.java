package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.KeyedState.Entry;
import io.sluice.hub.Outcome;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Endpoint;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SharedEngine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Calls while what an earlier one has begun waits for the store, and when that refuses. */
final class WebhookStorageTest {
    private static final String PATH = "/v1/webhooks/orders";

    private final ManualClock clock = new ManualClock();
    private final Endpoint endpoint = new Endpoint();
    private final SharedEngine engine = new SharedEngine(clock);
    private final EdgeServer server = EdgeServer.sharing(engine, clock, "webhooks: {allow: [127.0.0.0/8]}");
    private final ApiClient api = new ApiClient(server);
    private final String definition =
            "{\"channels\":[\"a\"],\"url\":\"%s\",\"secrets\":[\"%s\"]}".formatted(endpoint.url("/"), Endpoint.SECRET);

    @BeforeEach
    void start() {
        Eventually.holds(() -> api.get("/v1/webhooks").status() == 200);
    }

    @AfterEach
    void stop() {
        server.close();
        engine.close();
        endpoint.close();
    }

    @Test
    void oneThatIsBeingDeletedIsNotChanged() {
        api.put(PATH, definition);
        engine.state().hold();
        var deleted = api.begin("DELETE", PATH, "");
        var forgetting = engine.state().next();

        var refused = List.of(
                api.put(PATH, definition),
                api.post(PATH + "/pause", ""),
                api.post(PATH + "/replay", "{\"after\":\"earliest\"}"),
                api.method("DELETE", PATH));
        engine.state().release();
        forgetting.make();

        assertThat(refused).allSatisfy(answer -> {
            assertThat(answer.status()).as(answer.body()).isEqualTo(409);
            assertThat(answer.json().path("detail").asString()).contains("is being deleted");
        });
        assertThat(deleted.join().status()).isEqualTo(204);
        assertThat(api.get(PATH).status()).isEqualTo(404);
        assertThat(api.put(PATH, definition).status()).isEqualTo(201);
    }

    @Test
    void oneThatCannotBeDeletedGoesOnAndIsChangedAgain() {
        api.put(PATH, definition);
        engine.state().hold();
        var deleted = api.begin("DELETE", PATH, "");
        var forgetting = engine.state().next();

        engine.state().release();
        forgetting.refuse();

        assertThat(deleted.join().problem()).isEqualTo("storage-unavailable");
        api.publish("a", "1");
        assertThat(endpoint.next().data()).isEqualTo("1");
        assertThat(api.put(PATH, definition).status()).isEqualTo(200);
    }

    @Test
    void oneWhoseDefinitionCannotBeStoredIsNotMade() {
        engine.state().hold();
        var made = api.begin("PUT", PATH, definition);
        var defining = engine.state().next();
        var meanwhile = api.get(PATH).status();

        engine.state().release();
        defining.refuse();

        assertThat(made.join().problem()).isEqualTo("storage-unavailable");
        assertThat(api.get(PATH).status()).isEqualTo(404);
        assertThat(meanwhile).isEqualTo(200);
        assertThat(api.put(PATH, definition).status()).isEqualTo(201);
    }

    @Test
    void oneWhoseBeginningCannotBeStoredIsMadeSaysSoAndMissesNothing() {
        engine.state().hold();
        var made = api.begin("PUT", PATH, definition);
        engine.state().next().make();
        engine.state().next().refuse();

        var answer = made.join();
        var changed = api.put(PATH, definition);
        api.publish("a", "1");
        int early = endpoint.waiting();
        engine.state().release();
        clock.advance(Duration.ofSeconds(1));

        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().path("state").asString()).isEqualTo("failing");
        assertThat(answer.json().path("trouble").asString()).startsWith("storage-unavailable");
        assertThat(changed.problem()).isEqualTo("storage-unavailable");
        assertThat(early).isZero();
        assertThat(endpoint.next().data()).isEqualTo("1");
        Eventually.holds(() -> show().path("state").asString().equals("live"));
        assertThat(show().has("trouble")).isFalse();
    }

    @Test
    void aServerThatHasClosedIsNotHeldToWhatItReadsTooLate() {
        var config = "webhooks: {allow: [127.0.0.0/8], out: {orders: {channels: [a], url: '%s', secrets: ['%s']}}}"
                .formatted(endpoint.url("/"), Endpoint.SECRET);
        var scan = engine.state().takeScan();
        var other = EdgeServer.sharing(engine, clock, config);
        var answer = scan.join();
        other.close();

        var unreadable = new Outcome.Refused<List<Entry>>(Problem.of(ClientError.OVERLOADED, "the store is closed"));
        var none = new Outcome.Done<>(List.<Entry>of());

        assertThatCode(() -> answer.accept(unreadable)).doesNotThrowAnyException();
        assertThatCode(() -> answer.accept(none)).doesNotThrowAnyException();
    }

    private JsonNode show() {
        return api.get(PATH).json();
    }
}
