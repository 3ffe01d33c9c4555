package io.sluice.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.net.Clock;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.RawClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an address asks for and does not read is bounded over all its connections. */
class UnreadResponsesTest {
    private static final String ASK = "GET /v1/channels/large/messages HTTP/1.1\r\nHost: x\r\n\r\n";

    private final EdgeServer server =
            EdgeServer.configured(Clock.SYSTEM, "limits:\n  exempt: [10.0.0.0/8]\n  max_unsent_per_address: 4MiB\n");

    @BeforeEach
    void fill() {
        for (int i = 0; i < 8; i++) {
            new ApiClient(server).publish("large", "\"" + "x".repeat(900_000) + "\"");
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anAddressThatReadsNothingIsAnsweredNothingMoreUntilItDoes() {
        try (var first = RawClient.connect(server.port(), 16 << 10).send(ASK);
                var second = RawClient.connect(server.port(), 16 << 10).send(ASK);
                var third = RawClient.connect(server.port())) {
            Eventually.holds(() -> asked(third).startsWith("HTTP/1.1 429 "));

            assertThat(asked(third))
                    .contains("urn:sluice:problem:rate-limited")
                    .containsIgnoringCase("retry-after:")
                    .contains("\"address-unsent\";q=4194304");
            first.reset();
            second.reset();
            Eventually.holds(() -> asked(third).startsWith("HTTP/1.1 200 "));
        }
    }

    private static String asked(RawClient client) {
        return client.send("GET /v1/channels/large HTTP/1.1\r\nHost: x\r\n\r\n").readResponse();
    }
}
