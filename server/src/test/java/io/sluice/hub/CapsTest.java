package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.ConfigReader;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What beyond each cap is refused with, over sockets: what one session, address or key may have, and what the server holds. */
class CapsTest {
    private static final String PATH = "/v1/channels/news/messages";
    private static final String MEMORY = "{default: {engine: memory, durability: memory}}";

    private final ManualClock clock = new ManualClock();

    @Test
    void aSessionReadsSoManyChannelsAndNoMore() {
        try (var server = hub("max_subscriptions: 2");
                var socket = WebSocketClient.connect(server)) {
            socket.call("subscribe", "\"channel\":\"a\"");
            socket.call("subscribe", "\"channel\":\"b\"");

            var refused = socket.call("subscribe", "\"channel\":\"c\"");
            socket.call("unsubscribe", "\"channel\":\"a\"");
            var again = socket.call("subscribe", "\"channel\":\"c\"");

            assertThat(refused.path("code").asString()).isEqualTo("rate-limited");
            assertThat(refused.path("message").asString()).contains("at most 2 channels");
            assertThat(again.path("type").asString()).isEqualTo("ok");
        }
    }

    @Test
    void theServerOpensSoManyChannelsAndNoMore() {
        try (var server = hub("max_channels: 4")) {
            var api = new ApiClient(server);
            var statuses = new ArrayList<Integer>();
            for (int i = 0; i < 6; i++) {
                statuses.add(api.post("/v1/channels/c" + i + "/messages", "1").status());
            }

            var refused = api.post("/v1/channels/c9/messages", "1");

            assertThat(statuses).startsWith(201).endsWith(503);
            assertThat(refused.problem()).isEqualTo("overloaded");
            assertThat(refused.header("retry-after")).isNotEmpty();
            assertThat(api.post("/v1/channels/c0/messages", "1").status())
                    .as("those that are open go on")
                    .isEqualTo(201);
        }
    }

    @Test
    void aMessageBeyondTheSizeIsRefusedOnEachWay() {
        try (var server = hub("max_message_size: 100");
                var socket = WebSocketClient.connect(server)) {
            var large = "\"" + "x".repeat(100) + "\"";

            var request = new ApiClient(server).post(PATH, large, "content-type", "application/json");
            var command = socket.call("publish", "\"channel\":\"news\",\"data\":" + large);

            assertThat(request.status()).isEqualTo(413);
            assertThat(request.problem()).isEqualTo("too-large");
            assertThat(command.path("code").asString()).isEqualTo("too-large");
            assertThat(socket.call("ping", "").path("type").asString()).isEqualTo("pong");
        }
    }

    @Test
    void anAddressHasSoManySessionsWhoeverTheyAre() {
        try (var server = limits("exempt: [], max_sessions_per_address: 2");
                var first = WebSocketClient.connectAs(server, "alice");
                var second = WebSocketClient.connectAs(server, "bob")) {
            var refused = new ApiClient(server).get("/v1/events?channel=a&user=carol");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.problem()).isEqualTo("too-many-connections");
            assertThat(refused.header("ratelimit-policy")).isEqualTo("\"address-sessions\";q=2");
            assertThat(first.call("ping", "").path("type").asString()).isEqualTo("pong");
            assertThat(second.call("ping", "").path("type").asString()).isEqualTo("pong");
        }
    }

    @Test
    void anAddressBeginsSoManySessionsInATimeAndItIsCounted() {
        try (var server = limits("exempt: [], address: {connects: 1/10s}");
                var first = WebSocketClient.connect(server)) {
            var api = new ApiClient(server);

            var refused = api.get("/v1/events?channel=a");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.problem()).isEqualTo("rate-limited");
            assertThat(refused.header("ratelimit-policy")).isEqualTo("\"address-connects\";q=1;w=10");
            assertThat(api.admin("/metrics").body())
                    .contains("sluice_limit_refusals_total{policy=\"address-connects\"} 1.0");
            assertThat(first.call("ping", "").path("type").asString()).isEqualTo("pong");
        }
    }

    @Test
    void bytesRunOutBeforePublishesDo() {
        try (var server = limits("user: {bytes: 100/10s}")) {
            var api = new ApiClient(server);
            api.post(PATH + "?user=alice", "\"" + "x".repeat(80) + "\"");

            var refused = api.post(PATH + "?user=alice", "\"" + "x".repeat(80) + "\"");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("ratelimit-policy")).isEqualTo("\"user-bytes\";q=100;w=10");
        }
    }

    @Test
    void aKeyPaysForAllWhoShowIt() {
        try (var server = EdgeServer.configured(clock, """
                limits: {api_key: {publishes: 2/10s, connects: 1/10s}}
                auth:
                  mode: jwt
                  api_keys:
                    billing: {sha256: %s, grants: [{channels: "*", can: [publish, subscribe]}]}
                    orders: {sha256: %s, grants: [{channels: "*", can: [publish]}]}
                """.formatted(digest("billing-key"), digest("orders-key")))) {
            var api = new ApiClient(server);
            publish(api, "billing-key");
            publish(api, "billing-key");

            var refused = publish(api, "billing-key");
            var another = publish(api, "orders-key");
            try (var stream = RawClient.connect(server.port())) {
                stream.send(
                        "GET /v1/events?channel=news HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer billing-key\r\n\r\n");
                stream.readUntil("retry:");
                var session = api.get("/v1/events?channel=news", "authorization", "Bearer billing-key");

                assertThat(session.header("ratelimit-policy")).isEqualTo("\"key-connects\";q=1;w=10");
            }
            assertThat(refused.header("ratelimit-policy")).isEqualTo("\"key-publishes\";q=2;w=10");
            assertThat(another.status()).isEqualTo(201);
        }
    }

    private EdgeServer hub(String settings) {
        return EdgeServer.with(
                ConfigReader.parse("hub: {namespaces: " + MEMORY + ", " + settings + "}", "test.yaml", Map.of()),
                clock);
    }

    private EdgeServer limits(String settings) {
        return EdgeServer.configured(clock, "limits: {" + settings + "}");
    }

    private static ApiClient.Answer publish(ApiClient api, String key) {
        return api.post(PATH, "1", "authorization", "Bearer " + key);
    }

    private static String digest(String key) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
