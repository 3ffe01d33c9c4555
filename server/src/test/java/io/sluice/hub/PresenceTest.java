package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.WebSocketClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Users join and leave, not sessions. */
final class PresenceTest {
    @Test
    void tellsOneJoinAndOneLeaveWhateverTheNumberOfTabs() {
        try (var server = server(Duration.ofMillis(100));
                var watcher = subscribed(server, "watcher")) {
            watcher.next("presence");
            var first = subscribed(server, "alice");
            var second = subscribed(server, "alice");
            var members = watcher.call("presence", "\"channel\":\"c\"");
            first.close();
            second.close();

            var join = watcher.next("presence");
            var next = watcher.next("presence");

            assertThat(members.path("count").asInt()).isEqualTo(2);
            assertThat(members.path("users").get(0).path("sessions").asInt()).isEqualTo(2);
            assertThat(join.path("event").asString() + " " + join.path("user").asString())
                    .isEqualTo("join alice");
            assertThat(next.path("event").asString() + " " + next.path("user").asString())
                    .isEqualTo("leave alice");
        }
    }

    @Test
    void tellsNothingOfAReconnectInsideTheGrace() {
        try (var server = server(Duration.ofMinutes(5));
                var watcher = subscribed(server, "watcher")) {
            watcher.next("presence");
            subscribed(server, "alice").close();
            try (var again = subscribed(server, "alice");
                    var bob = subscribed(server, "bob")) {
                var join = watcher.next("presence");
                var next = watcher.next("presence");

                assertThat(again.call("presence", "\"channel\":\"c\"")
                                .path("count")
                                .asInt())
                        .isEqualTo(3);
                assertThat(bob.call("ping", "").path("type").asString()).isEqualTo("pong");
                assertThat(join.path("user").asString()).isEqualTo("alice");
                assertThat(next.path("event").asString() + " "
                                + next.path("user").asString())
                        .isEqualTo("join bob");
            }
        }
    }

    private static WebSocketClient subscribed(EdgeServer server, String user) {
        var client = WebSocketClient.connectAs(server, user);
        client.call("subscribe", "\"channel\":\"c\"");
        return client;
    }

    private static EdgeServer server(Duration grace) {
        var defaults = new HubConfig();
        return EdgeServer.with(new Config()
                .with(new HubConfig(
                        Path.of("unused"),
                        Map.of("default", new NamespaceConfig().on("memory", Durability.MEMORY)),
                        defaults.maxChannels(),
                        defaults.maxMessageSize(),
                        defaults.tailMessages(),
                        defaults.tailBytes(),
                        defaults.heartbeat(),
                        grace,
                        defaults.batchWindow(),
                        defaults.maxSubscriptions())));
    }
}
