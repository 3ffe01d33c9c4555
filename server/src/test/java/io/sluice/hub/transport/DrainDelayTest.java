package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.HubConfig;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.WebSocketClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DrainDelayTest {
    @TempDir
    Path folder;

    @Test
    void failsReadinessWhileItStillServesSoThatBalancersSeeIt() throws InterruptedException {
        var config = new Config().with(new HubConfig().in(folder));
        var delayed = config.with(config.edge().draining(Duration.ofSeconds(3), Duration.ofSeconds(1)));
        try (var server = EdgeServer.with(delayed)) {
            var api = new ApiClient(server);
            var drain = Thread.ofVirtual().start(() -> server.drain(Duration.ofSeconds(1)));
            Eventually.holds(() -> api.admin("/readyz").status() == 503);
            try (var late = WebSocketClient.connect(server)) {
                var pong = late.call("ping", "");
                drain.join();

                assertThat(pong.path("type").asString()).isEqualTo("pong");
                assertThat(late.closeCode()).isEqualTo(4503);
            }
        }
    }
}
