package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.NamespaceConfig;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.WebSocketClient;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is going away asks every client to come back, each in its own words. */
final class DrainTest {
    @Test
    void asksEveryKindOfReaderToLeaveWithACursor() throws InterruptedException {
        try (var server = EdgeServer.inMemory();
                var socket = WebSocketClient.connect(server);
                var events = RawClient.connect(server.port())) {
            var api = new ApiClient(server);
            var newest = api.publish("c", "1");
            socket.call("subscribe", "\"channel\":\"c\"");
            events.send("GET /v1/events?channel=c HTTP/1.1\r\nHost: x\r\n\r\n").readUntil("id: " + newest + "\n\n");
            var poll = api.begin("GET", "/v1/channels/c/messages?wait=60", "");
            Eventually.holds(() -> server.hub().sessions().count() == 3);

            var drain = Thread.ofVirtual().start(() -> server.drain(Duration.ofSeconds(4)));

            assertThat(socket.next("drain").path("reconnect_after_ms").asInt()).isBetween(0, 2000);
            assertThat(socket.closeCode()).isEqualTo(4503);
            assertThat(events.readToEnd()).contains("retry: ");
            assertThat(poll.join().status()).isEqualTo(204);
            assertThat(poll.join().header("sluice-position")).isEqualTo(newest);
            assertThat(api.admin("/readyz").status()).isEqualTo(503);
            assertThat(api.admin("/livez").status()).isEqualTo(200);
            drain.join();
            assertThat(server.hub().sessions().count()).isZero();
        }
    }

    @Test
    void spreadsTheHintsOfWhenToComeBack() throws InterruptedException {
        try (var server = EdgeServer.inMemory()) {
            var clients = new ArrayList<WebSocketClient>();
            for (int i = 0; i < 40; i++) {
                clients.add(WebSocketClient.connect(server));
            }

            var drain = Thread.ofVirtual().start(() -> server.drain(Duration.ofSeconds(20)));
            var hints = clients.stream()
                    .map(client ->
                            client.next("drain").path("reconnect_after_ms").asInt())
                    .toList();

            assertThat(hints).allSatisfy(hint -> assertThat(hint).isBetween(0, 10_000));
            // Forty even draws leave a third of the range empty less than once in a million runs.
            assertThat(hints).anyMatch(hint -> hint < 3_333);
            assertThat(hints).anyMatch(hint -> hint > 6_667);
            clients.forEach(WebSocketClient::close);
            drain.join();
        }
    }

    @Test
    void losesNothingThatWasAcknowledgedWhileItDrains(@TempDir Path folder) throws Exception {
        var acknowledged = new ConcurrentLinkedQueue<String>();
        var failures = new AtomicInteger();
        var publishers = new ArrayList<Thread>();
        try (var server = EdgeServer.with(new NamespaceConfig(), folder)) {
            for (int i = 0; i < 4; i++) {
                var name = "p" + i + "-";
                publishers.add(
                        Thread.ofVirtual().start(() -> publishUntilRefused(server, name, acknowledged, failures)));
            }
            Eventually.holds(() -> acknowledged.size() > 50);

            server.drain(Duration.ofSeconds(5));
        }
        for (var publisher : publishers) {
            publisher.join();
        }

        try (var server = EdgeServer.with(new NamespaceConfig(), folder)) {
            var stored = new HashSet<String>();
            var api = new ApiClient(server);
            for (var after = "earliest"; ; ) {
                var page = api.get("/v1/channels/c/messages?limit=1000&after=" + after)
                        .json();
                page.path("messages")
                        .forEach(message -> stored.add(message.path("data").asString()));
                after = page.path("position").asString();
                if (page.path("messages").isEmpty()) {
                    break;
                }
            }
            assertThat(stored).containsAll(acknowledged);
            assertThat(failures.get()).isPositive();
        }
    }

    private static void publishUntilRefused(
            EdgeServer server, String name, ConcurrentLinkedQueue<String> acknowledged, AtomicInteger failures) {
        var api = new ApiClient(server);
        for (int i = 0; ; i++) {
            try {
                api.publish("c", "\"" + name + i + "\"");
                acknowledged.add(name + i);
            } catch (UncheckedIOException | AssertionError refused) {
                failures.incrementAndGet();
                return;
            }
        }
    }
}
