package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.net.Clock;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Endpoint;
import io.sluice.testkit.NodePeer;
import org.junit.jupiter.api.Test;

/** The library of Standard Webhooks for Node, unmodified: it verifies what is delivered and signs what comes in. */
final class WebhookPeersTest {
    @Test
    void theLibraryForNodeVerifiesDeliveriesAndSignsAHook() throws Exception {
        var node = NodePeer.with("standardwebhooks@1.1.1");

        try (var server = EdgeServer.configured(Clock.SYSTEM, """
                webhooks:
                  allow: [127.0.0.0/8]
                  retry_first: 100ms
                  in: {node: {style: standard, secrets: ['%s'], channel: 'from:node'}}
                """.formatted(Endpoint.SECRET))) {
            var lines = node.run("webhooks.mjs", server.uri("").toString(), Endpoint.SECRET);

            assertThat(lines)
                    .containsExactly(
                            "{\"made\":201}",
                            "{\"took\":{\"text\":\"grüße 😀\"},\"event\":\"message\",\"status\":500}",
                            "{\"took\":{\"text\":\"grüße 😀\"},\"event\":\"message\",\"status\":200}",
                            "{\"took\":2,\"event\":\"tick\",\"status\":200}",
                            "{\"hook\":200}",
                            "{\"forged\":401}");
            var stored =
                    new ApiClient(server).get("/v1/channels/from:node/messages").json();
            assertThat(stored.path("messages").get(0).path("data").path("name").asString())
                    .isEqualTo("Zoë");
        }
    }
}
