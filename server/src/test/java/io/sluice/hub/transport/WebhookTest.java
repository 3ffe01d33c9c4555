package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.ConfigReader;
import io.sluice.config.DataSize;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.net.Clock;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Endpoint;
import io.sluice.testkit.Endpoint.Answer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Publications leave as signed requests to a real HTTP server: what comes, in which order, and what a failure does. */
final class WebhookTest {
    private static final String QUICK =
            "webhooks: {allow: [127.0.0.0/8, '::1'], retry_first: 100ms, retry_longest: 200ms%s}\n";

    private final ManualClock clock = new ManualClock();
    private final Endpoint endpoint = new Endpoint();
    private EdgeServer server = EdgeServer.configured(Clock.SYSTEM, QUICK.formatted(""));
    private ApiClient api = new ApiClient(server);

    @AfterEach
    void stop() {
        server.close();
        endpoint.close();
    }

    @Test
    void deliversEachPublicationSignedWithEverySecretInItsOrder() {
        var other = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=";
        make("orders", "\"channels\":[\"orders:eu\"],\"secrets\":[\"" + Endpoint.SECRET + "\",\"" + other + "\"]");

        var position = api.publish("orders:eu", "{\"n\":1}");
        api.publish("orders:eu", "2");

        var first = endpoint.next();
        assertThat(first.path()).isEqualTo("/take?it=1");
        assertThat(first.headers()).containsEntry("content-type", "application/json");
        assertThat(first.headers().get("host")).isEqualTo("127.0.0.1:" + endpoint.port());
        assertThat(first.json().path("channel").asString()).isEqualTo("orders:eu");
        assertThat(first.json().path("position").asString()).isEqualTo(position);
        assertThat(first.data()).isEqualTo("{\"n\":1}");
        assertThat(first.id()).matches("msg_[A-Za-z0-9_-]{22}");
        assertThat(first.isSignedWith(Endpoint.SECRET)).isTrue();
        assertThat(first.isSignedWith(other)).isTrue();
        assertThat(first.isSignedWith(Endpoint.SECRET.replace("MfKQ9r8G", "AAAAAAAA")))
                .isFalse();
        assertThat(endpoint.next().data()).isEqualTo("2");
    }

    @Test
    void aRetryHasTheSameIdAndComesBeforeAnythingNewer() {
        make("orders", "\"channels\":[\"a\",\"b\"]");
        endpoint.answers(new Answer(500), new Answer(302, "location", endpoint.url("/elsewhere")), new Answer(200));

        api.publish("a", "1");
        api.publish("b", "2");
        api.publish("a", "3");

        var attempts = List.of(endpoint.next(), endpoint.next(), endpoint.next());
        assertThat(attempts).extracting(Endpoint.Delivery::data).containsExactly("1", "1", "1");
        assertThat(attempts)
                .extracting(Endpoint.Delivery::id)
                .containsOnly(attempts.getFirst().id());
        assertThat(attempts).extracting(Endpoint.Delivery::path).containsOnly("/take?it=1");
        assertThat(endpoint.data(2)).containsExactlyInAnyOrder("2", "3");
    }

    @Test
    void severalChannelsTakeTurnsAndEachKeepsItsOrder() {
        api.publish("a", "1");
        IntStream.rangeClosed(2, 40).forEach(i -> api.publish("a", "" + i));
        IntStream.rangeClosed(101, 110).forEach(i -> api.publish("b", "" + i));

        make("orders", "\"channels\":[\"a\",\"b\"],\"after\":\"earliest\"");

        var data = endpoint.data(50).stream().map(Integer::valueOf).toList();
        assertThat(data.stream().filter(i -> i < 100))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 40).boxed().toList());
        assertThat(data.stream().filter(i -> i > 100))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(101, 110).boxed().toList());
        assertThat(data.indexOf(110)).isLessThan(25);
    }

    @Test
    void whatLeftTheLogIsToldAsAGapBeforeAnythingNewer() {
        server.close();
        var kept =
                new NamespaceConfig().on("memory", Durability.MEMORY).keeping(5, DataSize.mib(1), Duration.ofDays(1));
        var webhooks =
                ConfigReader.parse(QUICK.formatted(""), "test.yaml", Map.of()).webhooks();
        server = EdgeServer.with(new Config()
                .with(new HubConfig().in(Path.of("unused")).with(kept))
                .with(webhooks));
        api = new ApiClient(server);
        make("orders", "\"channels\":[\"a\"],\"after\":\"earliest\"");
        api.post("/v1/webhooks/orders/pause", "");
        IntStream.rangeClosed(1, 20).forEach(i -> api.publish("a", "" + i));
        api.post("/v1/webhooks/orders/resume", "");

        var gap = endpoint.next();

        assertThat(gap.json().path("type").asString()).isEqualTo("gap");
        assertThat(gap.json().path("from").asString()).endsWith(".1");
        assertThat(gap.json().path("to").asString()).endsWith(".15");
        assertThat(gap.isSignedWith(Endpoint.SECRET)).isTrue();
        assertThat(endpoint.data(5)).containsExactly("16", "17", "18", "19", "20");
    }

    @Test
    void aPausedOneTakesNothingAndGoesOnWhereItWas() {
        make("orders", "\"channels\":[\"a\"]");
        api.publish("a", "1");
        endpoint.next();

        assertThat(api.post("/v1/webhooks/orders/pause", "")
                        .json()
                        .path("state")
                        .asString())
                .isEqualTo("paused");
        api.publish("a", "2");
        api.publish("a", "3");
        assertThat(endpoint.waiting()).isZero();
        assertThat(api.post("/v1/webhooks/orders/resume", "").status()).isEqualTo(200);

        assertThat(endpoint.data(2)).containsExactly("2", "3");
    }

    @Test
    void anEndpointThatIsGoneGetsNothingMoreUntilItIsResumed() {
        make("orders", "\"channels\":[\"a\"]");
        endpoint.answers(new Answer(410));

        api.publish("a", "1");
        endpoint.next();
        Eventually.holds(() -> show("orders").path("state").asString("").equals("gone"));
        api.publish("a", "2");
        assertThat(endpoint.waiting()).isZero();
        api.post("/v1/webhooks/orders/resume", "");

        assertThat(endpoint.data(2)).containsExactly("1", "2");
    }

    @Test
    void itIsReplayedFromAPositionWithTheSameIds() {
        make("orders", "\"channels\":[\"a\"]");
        var first = api.publish("a", "1");
        api.publish("a", "2");
        var ids = List.of(endpoint.next().id(), endpoint.next().id());

        var answer = api.post("/v1/webhooks/orders/replay", "{\"after\":\"" + first + "\"}");
        var again = endpoint.next();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(again.data()).isEqualTo("2");
        assertThat(again.id()).isEqualTo(ids.getLast());
        api.post("/v1/webhooks/orders/replay", "{\"after\":\"earliest\"}");
        assertThat(endpoint.data(2)).containsExactly("1", "2");
    }

    @Test
    void oneThatHangsDelaysNobodyElse() {
        server.close();
        server = EdgeServer.configured(
                Clock.SYSTEM, QUICK.formatted(", timeout: 20s, max_in_flight: 4, max_in_flight_per_host: 2"));
        api = new ApiClient(server);
        try (var hanging = new Endpoint().otherwise(new Answer(0))) {
            for (int i = 0; i < 20; i++) {
                put("hangs-" + i, hanging.url("/").replace("127.0.0.1", "localhost"), "\"channels\":[\"a\"]");
            }
            make("works", "\"channels\":[\"a\"]");

            IntStream.rangeClosed(1, 30).forEach(i -> api.publish("a", "" + i));

            assertThat(endpoint.data(30)).hasSize(30);
            assertThat(hanging.waiting()).isEqualTo(2);
        }
    }

    @Test
    void aRequestThatIsNotAnsweredInTimeIsCutOffAndTriedAgain() {
        server.close();
        server = EdgeServer.configured(Clock.SYSTEM, QUICK.formatted(", timeout: 300ms"));
        api = new ApiClient(server);
        make("orders", "\"channels\":[\"a\"]");
        endpoint.answers(new Answer(0));

        api.publish("a", "1");

        assertThat(endpoint.data(2)).containsExactly("1", "1");
        assertThat(api.admin("/metrics").body()).contains("sluice_webhook_deliveries_total{outcome=\"timeout\"} 1.0");
    }

    @Test
    void oneWhoseSessionIsCutComesBackWithItsCursor() {
        make("orders", "\"channels\":[\"a\"]");
        api.publish("a", "1");
        endpoint.next();
        var session = api.admin("/v1/admin/sessions").json().path("sessions").get(0);

        var cut = api.admin(
                "/v1/admin/revoke", "{\"session\":\"" + session.path("id").asString() + "\"}");
        api.publish("a", "2");

        assertThat(session.path("transport").asString()).isEqualTo("webhook");
        assertThat(cut.json().path("sessions").asInt()).isEqualTo(1);
        assertThat(endpoint.next().data()).isEqualTo("2");
    }

    @Test
    void afterItsAgeADeliveryIsADeadLetterAndTheRestGoesOn() {
        manual(", retry_age: 1h");
        make("orders", "\"channels\":[\"a\"]");
        endpoint.answers(new Answer(500));
        api.publish("a", "{\"bad\":1}");
        endpoint.next();
        awaitAttempts(1);
        endpoint.answers(new Answer(422));
        clock.advance(Duration.ofHours(1));
        api.publish("a", "2");

        var last = endpoint.next();
        var next = endpoint.next();

        assertThat(last.data()).isEqualTo("{\"bad\":1}");
        assertThat(next.data()).isEqualTo("2");
        var dead = api.get("/v1/webhooks/orders/dead").json();
        assertThat(dead.path("count").asInt()).isEqualTo(1);
        var letter = dead.path("dead").get(0);
        assertThat(letter.path("id").asString()).isEqualTo(last.id());
        assertThat(letter.path("failure").asString()).isEqualTo("status-422");
        assertThat(letter.path("attempts").asInt()).isEqualTo(2);
        assertThat(letter.path("channel").asString()).isEqualTo("a");
    }

    @Test
    void deadLettersAreDeliveredAgainOneOrAllAndLeaveOnceTaken() {
        manual(", retry_age: 0s");
        make("orders", "\"channels\":[\"a\"]");
        endpoint.answers(new Answer(500), new Answer(500), new Answer(500));
        var ids = new HashSet<String>();
        for (int i = 1; i <= 3; i++) {
            api.publish("a", "" + i);
            ids.add(endpoint.next().id());
        }
        Eventually.holds(() -> show("orders").path("dead").asInt(-1) == 3);
        var second = api.get("/v1/webhooks/orders/dead")
                .json()
                .path("dead")
                .get(1)
                .path("number")
                .asString();

        var one = api.post("/v1/webhooks/orders/dead/replay", "{\"number\":\"" + second + "\"}");
        var again = endpoint.next();
        Eventually.holds(() -> show("orders").path("dead").asInt(-1) == 2);
        var all = api.post("/v1/webhooks/orders/dead/replay", "");

        assertThat(one.status()).isEqualTo(202);
        assertThat(again.data()).isEqualTo("2");
        assertThat(ids).contains(again.id());
        assertThat(all.json().path("replaying").asInt()).isEqualTo(2);
        assertThat(endpoint.data(2)).containsExactly("1", "3");
        Eventually.holds(() -> show("orders").path("dead").asInt(-1) == 0);
        api.publish("a", "4");
        assertThat(endpoint.next().data()).isEqualTo("4");
        assertThat(api.post("/v1/webhooks/orders/dead/replay", "{\"number\":\"" + second + "\"}")
                        .problem())
                .isEqualTo("not-found");
    }

    @Test
    void aDeadLetterThatIsNotTakenStaysAndTheChannelsGoOn() {
        manual(", retry_age: 0s");
        make("orders", "\"channels\":[\"a\"]");
        endpoint.answers(new Answer(500), new Answer(500));
        api.publish("a", "1");
        endpoint.next();
        Eventually.holds(() -> show("orders").path("dead").asInt(-1) == 1);

        api.post("/v1/webhooks/orders/dead/replay", "");
        endpoint.next();
        api.publish("a", "2");

        assertThat(endpoint.next().data()).isEqualTo("2");
        assertThat(show("orders").path("dead").asInt()).isEqualTo(1);
    }

    @Test
    void theOldestDeadLetterMakesRoomForTheNewest() {
        manual(", retry_age: 0s, max_dead: 2, max_dead_size: 1KiB");
        endpoint.otherwise(new Answer(500));
        make("orders", "\"channels\":[\"a\"]");

        for (int i = 1; i <= 4; i++) {
            api.publish("a", "" + i);
            endpoint.next();
        }

        Eventually.holds(() -> deadPositions().equals(List.of("3", "4")));
        api.publish("a", "\"" + "x".repeat(900) + "\"");
        Eventually.holds(() -> deadPositions().equals(List.of("5")));
        assertThat(api.admin("/metrics").body()).contains("sluice_webhook_dead_dropped_total 4.0");
    }

    private List<String> deadPositions() {
        return api.get("/v1/webhooks/orders/dead")
                .json()
                .path("dead")
                .valueStream()
                .map(letter -> letter.path("position").asString().replaceFirst(".*\\.", ""))
                .toList();
    }

    @Test
    void waitsAtLeastAsLongAsRetryAfterSays() {
        manual("");
        make("orders", "\"channels\":[\"a\"]");
        endpoint.answers(new Answer(503, "retry-after", "600"));
        api.publish("a", "1");
        endpoint.next();
        awaitAttempts(1);

        clock.advance(Duration.ofSeconds(598));
        var early = endpoint.waiting();
        clock.advance(Duration.ofSeconds(3));

        assertThat(early).isZero();
        assertThat(endpoint.next().data()).isEqualTo("1");
    }

    @Test
    void aDrainLetsTheRequestUnderWayEndAndStoresItsAnswer() {
        make("orders", "\"channels\":[\"a\"]");
        api.publish("a", "1");
        endpoint.next();

        server.drain(Duration.ofSeconds(10));

        assertThat(server.hub().sessions().count()).isZero();
    }

    @Test
    void whatHappensIsCounted() {
        make("orders", "\"channels\":[\"a\"]");
        endpoint.answers(new Answer(500));
        api.publish("a", "1");
        endpoint.data(2);
        Eventually.holds(() -> api.admin("/metrics").body().contains("sluice_webhook_lag_seconds 0.0"));

        var metrics = api.admin("/metrics").body();

        assertThat(metrics)
                .contains("sluice_webhook_deliveries_total{outcome=\"acknowledged\"} 1.0")
                .contains("sluice_webhook_deliveries_total{outcome=\"rejected\"} 1.0")
                .contains("sluice_webhook_retries_total 1.0")
                .contains("sluice_webhook_endpoints{state=\"live\"} 1.0");
    }

    private void manual(String settings) {
        server.close();
        server = EdgeServer.configured(clock, QUICK.formatted(settings));
        api = new ApiClient(server);
    }

    private void awaitAttempts(int count) {
        Eventually.holds(() -> show("orders").path("attempts").asInt(-1) == count);
    }

    private JsonNode show(String name) {
        return api.get("/v1/webhooks/" + name).json();
    }

    private void make(String name, String members) {
        put(name, endpoint.url("/take?it=1"), members);
    }

    private void put(String name, String url, String members) {
        var secrets = members.contains("secrets") ? "" : ",\"secrets\":[\"" + Endpoint.SECRET + "\"]";
        var answer = api.put("/v1/webhooks/" + name, "{\"url\":\"" + url + "\"," + members + secrets + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }
}
