package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.net.Clock;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.WebSocketClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Users join and leave, not sessions. */
final class PresenceTest {
    private static final Duration HEARTBEAT = new HubConfig().heartbeat();

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

    /** Five users vanish without a word at different times between two pings; the watcher goes on answering. */
    @Test
    void aVanishedClientHasLeftWithinTwoHeartbeats() throws InterruptedException {
        var clock = new ManualClock();
        var step = HEARTBEAT.dividedBy(20);
        var lastHeard = new HashMap<String, Integer>();
        var left = new HashMap<String, Integer>();
        try (var server = server(new HubConfig().presenceGrace(), clock);
                var watcher = subscribed(server, "watcher")) {
            var vanishing = new ArrayList<WebSocketClient>();
            for (int i = 0; i < 5; i++) {
                vanishing.add(subscribed(server, "user-" + i));
                lastHeard.put("user-" + i, 4 * i);
            }

            for (int now = 1; now <= 60; now++) {
                clock.advance(step);
                for (int i = 0; i < 5; i++) {
                    if (now <= 4 * i) {
                        vanishing.get(i).call("ping", "");
                    }
                }
                turnWheels(server, clock);
                server.hub().sweep();
                for (var user : leavers(watcher)) {
                    left.put(user, now);
                }
            }
            vanishing.forEach(WebSocketClient::close);
        }

        assertThat(left).containsOnlyKeys(lastHeard.keySet());
        left.forEach((user, when) ->
                assertThat(when - lastHeard.getOrDefault(user, 0)).as(user).isBetween(20, 40));
    }

    private static void turnWheels(EdgeServer server, ManualClock clock) throws InterruptedException {
        for (var session : server.hub().sessions().all()) {
            var turned = new CountDownLatch(1);
            session.loop().execute(() -> {
                session.loop().wheel().advance(clock.nanos());
                turned.countDown();
            });
            assertThat(turned.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Who left, as told before the answer to a ping. */
    private static List<String> leavers(WebSocketClient watcher) {
        var left = new ArrayList<String>();
        int before = watcher.call("ping", "").path("id").asInt();
        assertThat(before).isPositive();
        for (var push : watcher.takePushes()) {
            if (push.path("event").asString("").equals("leave")) {
                left.add(push.path("user").asString());
            }
        }
        return left;
    }

    private static WebSocketClient subscribed(EdgeServer server, String user) {
        var client = WebSocketClient.connectAs(server, user);
        client.call("subscribe", "\"channel\":\"c\"");
        return client;
    }

    private static EdgeServer server(Duration grace) {
        return server(grace, Clock.SYSTEM);
    }

    private static EdgeServer server(Duration grace, Clock clock) {
        var hub = new HubConfig()
                .with(new NamespaceConfig().on("memory", Durability.MEMORY))
                .waiting(grace, Duration.ofMillis(5));
        return EdgeServer.with(new Config().with(hub), clock);
    }
}
