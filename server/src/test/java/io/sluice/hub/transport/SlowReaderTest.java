package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.sluice.config.DataSize;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.TestClient;
import io.sluice.testkit.TestClient.Received.Message;
import io.sluice.testkit.WebSocketClient;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Readers that stop reading: each costs the server a cursor, however much is published meanwhile. */
final class SlowReaderTest {
    private static final int STALLED = 1_000;
    private static final int RECEIVE_BUFFER = 4_096;

    /** Larger than what the kernel keeps for a stalled peer, so that every one of them is really behind. */
    private static final String BULK = "\"" + "x".repeat(30_000) + "\"";

    private static final int ROUND = 100;
    private static final ByteBufAllocatorMetricProvider BUFFERS =
            (ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT;

    @Test
    void aThousandStalledReadersCostNoGrowingMemoryAndTheOthersNothing() {
        var settings = new NamespaceConfig()
                .on("memory", Durability.MEMORY)
                .keeping(ROUND, DataSize.mib(64), Duration.ofHours(1));
        try (var server = EdgeServer.with(settings)) {
            var api = new ApiClient(server);
            var stalled = new ArrayList<WebSocketClient>();
            try (var reader = ClientKind.WEBSOCKET.open(server, "latest", "c")) {
                for (int i = 0; i < STALLED; i++) {
                    stalled.add(stalled(server));
                }

                publishAndTake(api, reader, 1, 2 * ROUND);
                long before = memory();
                publishAndTake(api, reader, 2 * ROUND + 1, 6 * ROUND);
                long after = memory();

                // 12 MB passed each of them meanwhile: a queue anywhere would show.
                assertThat(after - before).as("bytes").isLessThan(8 << 20);
                for (var one : stalled.subList(0, 20)) {
                    catchesUp(one, 6 * ROUND);
                }
            } finally {
                stalled.forEach(WebSocketClient::close);
            }
        }
    }

    @Test
    void aStalledReaderGetsEverythingThatIsStillHeld() {
        var settings = new NamespaceConfig()
                .on("memory", Durability.MEMORY)
                .keeping(10_000, DataSize.mib(64), Duration.ofHours(1));
        try (var server = EdgeServer.with(settings);
                var reader = stalled(server)) {
            var api = new ApiClient(server);
            for (int i = 0; i < 500; i++) {
                api.publish("c", BULK);
            }

            for (int offset = 1; offset <= 500; offset++) {
                assertThat(offset(reader.next("message"))).isEqualTo(offset);
            }
        }
    }

    private static WebSocketClient stalled(EdgeServer server) {
        var client = WebSocketClient.open(server, "/v1/ws", RECEIVE_BUFFER);
        client.next("welcome");
        client.call("subscribe", "\"channel\":\"c\",\"after\":\"latest\"");
        return client;
    }

    /** The reader that reads gets each publication as it comes, whatever the others do. */
    private static void publishAndTake(ApiClient api, TestClient reader, int first, int last) {
        for (int offset = first; offset <= last; offset++) {
            api.publish("c", BULK);
            assertThat(((Message) reader.next()).offset()).isEqualTo(offset);
        }
    }

    /** Everything in order, or told as missing before what follows it. */
    private static void catchesUp(WebSocketClient client, int newest) {
        long expected = 1;
        var gaps = new ArrayList<String>();
        while (expected <= newest) {
            var push = client.next();
            if (push.path("type").asString().equals("gap")) {
                assertThat(offset(push.path("from"))).isEqualTo(expected);
                expected = offset(push.path("to")) + 1;
                gaps.add(push.toString());
            } else {
                assertThat(offset(push)).isEqualTo(expected++);
            }
        }
        assertThat(gaps).isNotEmpty();
    }

    private static long offset(JsonNode positioned) {
        var position = positioned.isString()
                ? positioned.asString()
                : positioned.path("position").asString();
        return Long.parseLong(position.substring(position.indexOf('.') + 1));
    }

    /** What the server holds: the heap after a collection, and buffers outside of it. */
    private static long memory() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            least = Math.min(least, heap + BUFFERS.metric().usedDirectMemory());
        }
        return least;
    }
}
