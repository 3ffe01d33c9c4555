package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.WebSocketClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

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
}
