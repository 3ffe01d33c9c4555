package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.DataSize;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.config.NamespaceConfig.LagPolicy;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.WebSocketClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What happens to a reader that is behind is its namespace's choice; one server has all three. */
final class LagPolicyTest {
    private static final int PUBLISHED = 400;
    private static final int MAX_LAG = 50;
    private static final String BULK = "\"" + "x".repeat(30_000) + "\"";

    private static EdgeServer server;
    private static ApiClient api;

    @BeforeAll
    static void start() {
        var usual = new NamespaceConfig()
                .on("memory", Durability.MEMORY)
                .keeping(1_000, DataSize.mib(64), Duration.ofHours(1));
        var hub = new HubConfig()
                .with(Map.of(
                        "default", usual,
                        "ticker", usual.lagging(LagPolicy.LATEST, 1_000),
                        "strict", usual.lagging(LagPolicy.CLOSE, MAX_LAG)));
        server = EdgeServer.with(new Config().with(hub));
        api = new ApiClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void byDefaultAReaderThatWasBehindReadsOnWhereItWas() {
        try (var reader = stalled("room:1")) {
            publish("room:1");

            var pushes = until(reader, PUBLISHED);

            assertThat(pushes)
                    .hasSize(PUBLISHED)
                    .allSatisfy(push -> assertThat(type(push)).isEqualTo("message"));
        }
    }

    @Test
    void withLatestItJumpsToTheNewestAndIsToldWhatItMissed() {
        try (var reader = stalled("ticker:1")) {
            publish("ticker:1");

            var pushes = until(reader, PUBLISHED);

            long expected = 1;
            long longest = 0;
            for (var push : pushes) {
                if (type(push).equals("gap")) {
                    assertThat(offset(push, "from")).isEqualTo(expected);
                    longest = Math.max(longest, offset(push, "to") + 1 - expected);
                    expected = offset(push, "to") + 1;
                } else {
                    assertThat(offset(push, "position")).isEqualTo(expected++);
                }
            }
            assertThat(longest).as("publications conflated at once").isGreaterThan(10);
        }
    }

    @Test
    void withLatestAReaderThatKeepsUpMissesNothing() {
        try (var reader = WebSocketClient.connect(server)) {
            reader.call("subscribe", "\"channel\":\"ticker:2\"");

            for (int offset = 1; offset <= 50; offset++) {
                api.publish("ticker:2", "1");
                var push = reader.next();
                assertThat(type(push)).isEqualTo("message");
                assertThat(offset(push, "position")).isEqualTo(offset);
            }
        }
    }

    @Test
    void withCloseItIsSentAwayOnceItIsTooFarBehindAndMayComeBack() {
        try (var reader = stalled("strict:1");
                var other = WebSocketClient.connect(server)) {
            other.call("subscribe", "\"channel\":\"strict:1\"");
            for (int offset = 1; offset <= PUBLISHED; offset++) {
                api.publish("strict:1", BULK);
                assertThat(offset(other.next("message"), "position")).isEqualTo(offset);
            }

            int code = reader.closeCode();

            assertThat(code).isEqualTo(4429);
        }
        try (var again = WebSocketClient.connect(server)) {
            var reply = again.call("subscribe", "\"channel\":\"strict:1\",\"after\":\"earliest\"");
            assertThat(reply.path("recovered").asBoolean()).isTrue();
            assertThat(until(again, PUBLISHED)).hasSize(PUBLISHED);
        }
    }

    private static WebSocketClient stalled(String channel) {
        var client = WebSocketClient.open(server, "/v1/ws", 4_096);
        client.next("welcome");
        client.call("subscribe", "\"channel\":\"" + channel + "\"");
        return client;
    }

    private static void publish(String channel) {
        for (int i = 0; i < PUBLISHED; i++) {
            api.publish(channel, BULK);
        }
    }

    /** Everything that is pushed up to this offset. */
    private static List<JsonNode> until(WebSocketClient reader, long last) {
        var pushes = new ArrayList<JsonNode>();
        do {
            pushes.add(reader.next());
        } while (!type(pushes.getLast()).equals("message") || offset(pushes.getLast(), "position") < last);
        return pushes;
    }

    private static String type(JsonNode push) {
        return push.path("type").asString();
    }

    private static long offset(JsonNode push, String member) {
        var position = push.path(member).asString();
        return Long.parseLong(position.substring(position.indexOf('.') + 1));
    }
}
