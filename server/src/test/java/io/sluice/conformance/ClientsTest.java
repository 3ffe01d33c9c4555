package io.sluice.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.NodePeer;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Clients of npm for WebSocket and server-sent events, unmodified. */
final class ClientsTest {
    private static final int MESSAGES = 36;
    private static final JsonMapper JSON = new JsonMapper();
    private static NodePeer node;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        node = NodePeer.with("ws@8.23.0", "eventsource@4.1.0");
    }

    @Test
    void wsEchoesThroughEveryOfferOfCompression() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            var offers = node.run("deflate.mjs", "127.0.0.1:" + server.port());

            assertThat(offers).hasSize(Suite.DEFLATE.cases()).hasSize(Suite.DEFLATE.passed());
            for (var offer : offers) {
                var said = JSON.readTree(offer);
                // The JDK's deflater has no smaller window: then nothing is compressed.
                boolean small = said.path("offer").path("serverMaxWindowBits").asInt(15) < 15;
                assertThat(said.path("same").asInt()).as(offer).isEqualTo(MESSAGES);
                assertThat(said.path("agreed").asString()).as(offer).isEqualTo(small ? "" : "permessage-deflate");
            }
        }
    }

    @Test
    void eventsourceFollowsAndGoesOnWhereItWasCutOff() throws Exception {
        try (var server = EdgeServer.inMemory()) {
            var lines = node.run("event-source.mjs", "127.0.0.1:" + server.port());

            assertThat(lines)
                    .containsExactly(
                            "{\"message\":\"one\"}",
                            "{\"message\":\"two\",\"id\":true,\"opened\":[\"new\",\"resumed\"]}");
        }
    }
}
