package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.ConfigReader;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SignedTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server on disk knows of tickets and revocations when it starts again, and for how long. */
class RestartedAuthTest {
    private final ManualClock clock = new ManualClock();

    @TempDir
    private Path folder;

    private EdgeServer start(String auth) {
        var yaml = "hub: {data_dir: %s}\nauth: {mode: jwt, clock_skew: 0s, secret: %s%s}"
                .formatted(folder, SignedTokens.SECRET, auth);
        return EdgeServer.with(ConfigReader.parse(yaml, "test.yaml", Map.of()), clock);
    }

    @Test
    void aTicketOutlivesARestartButNotItsUse() {
        String used;
        String unused;
        try (var server = start("")) {
            used = ticket(server);
            unused = ticket(server);
            assertThat(read(server, used).status()).isEqualTo(200);
        }

        try (var again = start("")) {
            assertThat(read(again, used).problem()).isEqualTo("unauthenticated");
            assertThat(read(again, unused).status()).isEqualTo(200);
            assertThat(read(again, unused).problem()).isEqualTo("unauthenticated");
        }
    }

    @Test
    void aRevocationOutlivesARestart() {
        var old = token("alice");
        clock.advance(Duration.ofSeconds(1));
        try (var server = start("")) {
            new ApiClient(server).admin("/v1/admin/revoke", "{\"user\":\"alice\"}");
            new ApiClient(server).admin("/v1/admin/revoke", "{\"token_id\":\"t1\"}");
        }
        clock.advance(Duration.ofSeconds(1));

        try (var again = start("")) {
            assertThat(bearer(again, old).problem()).isEqualTo("unauthenticated");
            assertThat(bearer(again, token("alice")).status()).isEqualTo(200);
            assertThat(bearer(again, token("bob")).status()).isEqualTo(200);
        }
    }

    @Test
    void revocationsAreBoundedInNumberAndTime() {
        try (var server = start(", max_revocations: 2, revocation_memory: 1h")) {
            var api = new ApiClient(server);
            var tokens = token("carol");
            clock.advance(Duration.ofSeconds(1));
            api.admin("/v1/admin/revoke", "{\"user\":\"alice\"}");
            api.admin("/v1/admin/revoke", "{\"user\":\"bob\"}");

            var full = api.admin("/v1/admin/revoke", "{\"user\":\"carol\"}");

            assertThat(full.status()).isEqualTo(503);
            assertThat(full.problem()).isEqualTo("overloaded");
            assertThat(full.header("retry-after")).isNotEmpty();
            assertThat(bearer(server, tokens).status())
                    .as("where it is full, nobody else is forgotten")
                    .isEqualTo(200);
            clock.advance(Duration.ofHours(1));
            io.sluice.testkit.Eventually.holds(
                    () -> api.admin("/v1/admin/revoke", "{\"user\":\"carol\"}").status() == 200);
        }
    }

    private String token(String user) {
        return SignedTokens.of(user, clock.now(), Duration.ofHours(1));
    }

    private String ticket(EdgeServer server) {
        return new ApiClient(server)
                .post("/v1/tickets", "", "authorization", "Bearer " + token("alice"))
                .json()
                .path("ticket")
                .asString();
    }

    private static ApiClient.Answer read(EdgeServer server, String ticket) {
        return new ApiClient(server).get("/v1/channels/news/messages?ticket=" + ticket);
    }

    private static ApiClient.Answer bearer(EdgeServer server, String token) {
        return new ApiClient(server).get("/v1/channels/news/messages", "authorization", "Bearer " + token);
    }
}
