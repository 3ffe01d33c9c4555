package io.sluice.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** An honest client that cancels nearly everything it asks for, such as a search box, is not taken for an attacker. */
class RestlessClientTest {
    private static final int CANCELLED = 300;

    @Test
    void keepsItsConnectionHoweverOftenItCancels() throws Exception {
        try (var server = EdgeServer.inMemory();
                var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .build()) {
            var poll = ApiClient.requestTo(server.uri("/v1/channels/news/messages?wait=30"))
                    .build();
            var stays = client.sendAsync(poll, HttpResponse.BodyHandlers.ofString());
            for (int i = 0; i < CANCELLED; i++) {
                var soon = client.sendAsync(poll, HttpResponse.BodyHandlers.ofString());
                // About as fast as somebody types.
                LockSupport.parkNanos(5_000_000L);
                soon.cancel(true);
            }
            new ApiClient(server).publish("news", "\"at last\"");

            assertThat(stays.join().body()).contains("at last");
            assertThat(new ApiClient(server).admin("/metrics").body())
                    .contains("sluice_http_cuts_total{reason=\"rapid_reset\"} 0.0");
        }
    }
}
