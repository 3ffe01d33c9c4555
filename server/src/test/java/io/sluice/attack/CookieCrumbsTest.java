package io.sluice.attack;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** HTTP/2 lets a client split its cookie into a field for each pair (RFC 9113 section 8.2.3): each of them counts. */
class CookieCrumbsTest {
    @Test
    void oneTooManyIsRefusedAndTheConnectionGoesOn() throws IOException {
        try (var server = EdgeServer.inMemory();
                var wire = new Wire(server.port())) {
            var api = new ApiClient(server);
            var frames = new Frames().preface();
            crumbs(frames, 1, 90);
            crumbs(frames, 3, 101);
            crumbs(frames, 5, 90);

            wire.send(frames.take());

            Eventually.holds(() -> api.admin("/metrics")
                    .body()
                    .contains("sluice_http_refusals_total{code=\"headers-too-large\"} 1.0"));
            Eventually.holds(() -> api.admin("/metrics").body().lines().anyMatch(CookieCrumbsTest::twoServed));
        }
    }

    private static boolean twoServed(String metric) {
        return metric.startsWith("sluice_http_requests_total")
                && metric.contains("2xx")
                && metric.contains("/v1/channels/{channel}")
                && metric.endsWith(" 2.0");
    }

    private static void crumbs(Frames frames, int stream, int count) {
        var block = new ByteArrayOutputStream();
        block.writeBytes(Frames.request("GET", "/v1/channels/news"));
        for (int i = 0; i < count; i++) {
            Frames.field(block, "cookie", "c" + i + "=1");
        }
        frames.frame(Frames.HEADERS, Frames.END_STREAM | Frames.END_HEADERS, stream, block.toByteArray());
    }
}
