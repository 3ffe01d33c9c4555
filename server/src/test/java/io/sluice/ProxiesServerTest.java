package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.net.Clock;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.LogLines;
import io.sluice.testkit.Nginx;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.ReaderEnded;
import io.sluice.testkit.ReaderRefused;
import io.sluice.testkit.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits by address hold for the clients behind a proxy, not for the proxy: behind a real nginx, and behind PROXY headers. */
final class ProxiesServerTest {
    private static final String FORWARDED = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
    private static final String GET = "GET /v1/channels/c/messages HTTP/1.1\r\nHost: x\r\n\r\n";

    private static EdgeServer server(boolean proxyProtocol, String limits) {
        return EdgeServer.configured(
                Clock.SYSTEM,
                "edge: {proxies: {trusted: [127.0.0.1], proxy_protocol: " + proxyProtocol + "}}\n" + limits);
    }

    private static int publish(ApiClient api, String forwarded) {
        return api.post("/v1/channels/c/messages", "1", "X-Forwarded-For", forwarded)
                .status();
    }

    /** The test is a proxy too: nginx adds its address, which is trusted, and the client is who the test says it is. */
    @Test
    void aNetworkBehindNginxHasOneShareAndTheNextHasItsOwn(@TempDir Path folder) {
        try (var server = server(false, "limits: {address: {publishes: 2/1h}}\n");
                var nginx = Nginx.before(server, folder, FORWARDED)) {
            var api = new ApiClient(nginx);

            assertThat(publish(api, "2001:db8:1:2::1")).isEqualTo(201);
            assertThat(publish(api, "2001:db8:1:2:ffff::2")).isEqualTo(201);
            var beyond = api.post("/v1/channels/c/messages", "1", "X-Forwarded-For", "2001:db8:1:2:aaaa::3");
            assertThat(beyond.status()).isEqualTo(429);
            assertThat(beyond.json().path("policy").asString()).isEqualTo("address-publishes");
            assertThat(publish(api, "2001:db8:1:3::1")).isEqualTo(201);
            assertThat(publish(api, "192.0.2.7")).isEqualTo(201);
            // What was not said to be anybody's is the proxy's own, which is not limited.
            for (int n = 0; n < 5; n++) {
                assertThat(new ApiClient(server)
                                .post("/v1/channels/c/messages", "1")
                                .status())
                        .isEqualTo(201);
            }
        }
    }

    @Test
    void whatAClientItselfWritesIntoTheFieldGainsItNothing(@TempDir Path folder) throws Exception {
        var limits = "limits: {address: {publishes: 2/1h}, exempt: []}\n";
        try (var server = server(false, limits);
                var nginx = Nginx.before(server, folder, FORWARDED)) {
            var codes = new StringBuilder();
            for (int n = 1; n <= 3; n++) {
                var curl = new ProcessBuilder(
                                "curl",
                                "-sS",
                                "--max-time",
                                "20",
                                "--interface",
                                "127.0.0.9",
                                "-H",
                                "X-Forwarded-For: 6.6.6." + n,
                                "-H",
                                "Forwarded: for=6.6.6." + n,
                                "-d",
                                "1",
                                "-o",
                                folder.resolve("answer").toString(),
                                "-w",
                                "%{http_code} ",
                                nginx.uri("/v1/channels/c/messages").toString())
                        .start();
                codes.append(new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }

            assertThat(codes).hasToString("201 201 429 ");
        }
    }

    @Test
    void sessionsCountForWhoeverIsBehindTheProxy(@TempDir Path folder) {
        try (var server = server(false, "limits: {max_sessions_per_address: 1}\n");
                var nginx = Nginx.before(
                        server,
                        folder,
                        // As a client of this address would be announced by a balancer in front of this nginx.
                        "proxy_set_header X-Forwarded-For $arg_user; proxy_set_header Upgrade $http_upgrade;"
                                + " proxy_set_header Connection upgrade;");
                var first = WebSocketClient.connectAs(nginx, "2001:db8:1:2::1");
                var other = WebSocketClient.connectAs(nginx, "192.0.2.7")) {
            assertThatThrownBy(() -> WebSocketClient.connectAs(nginx, "2001:db8:1:2::2"))
                    .isInstanceOf(ReaderRefused.class)
                    .hasMessage("too-many-connections");
            first.call("ping", "");
            other.call("ping", "");
        }
    }

    @Test
    void connectionsCountForWhoeverTheHeaderTells() {
        try (var log = new LogLines();
                var server = server(true, "limits: {max_connections_per_address: 1}\n");
                var first = served(server, "2001:db8:1:2::1");
                var next = served(server, "2001:db8:1:3::1");
                var same = proxied(server, "2001:db8:1:2::2")) {
            assertThat(same.readToEnd()).isEmpty();
            assertThat(log.all())
                    .anyMatch(line -> line.contains("cut reason=too_many_connections peer=/[2001:db8:1:2:0:0:0:2]"));

            first.reset();
            Eventually.holds(() -> {
                try (var again = proxied(server, "2001:db8:1:2::9")) {
                    return again.readResponse().startsWith("HTTP/1.1 200 ");
                } catch (ReaderEnded stillThere) {
                    return false;
                }
            });
            next.send(GET);
            assertThat(next.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    private static RawClient served(EdgeServer server, String client) {
        var connection = proxied(server, client);
        assertThat(connection.readResponse()).startsWith("HTTP/1.1 200 ");
        return connection;
    }

    private static RawClient proxied(EdgeServer server, String client) {
        return RawClient.connect(server.port()).send("PROXY TCP6 " + client + " 2001:db8::1 1000 443\r\n" + GET);
    }
}
