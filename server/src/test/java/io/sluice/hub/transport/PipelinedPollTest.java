package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.RawClient;
import org.junit.jupiter.api.Test;

class PipelinedPollTest {
    @Test
    void requestsBehindALongPollAreAnsweredInTheirOrderOnceItIs() {
        try (var server = EdgeServer.inMemory();
                var client = RawClient.connect(server.port())) {
            client.sendOneByOne("GET /v1/channels/news/messages?wait=30 HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /v1/channels/news HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /v1/nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
            Eventually.holds(() -> server.hub().sessions().count() == 1);
            new ApiClient(server).publish("news", "\"at last\"");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ").contains("at last");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ").contains("\"messages\":1");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 404 ");
        }
    }
}
