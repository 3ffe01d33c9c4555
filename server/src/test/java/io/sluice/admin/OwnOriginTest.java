package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.LogLines;
import io.sluice.testkit.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page of elsewhere, in a browser on the server's machine, can do on the admin listener: nothing. */
final class OwnOriginTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "origin: https://evil.example",
                "origin: null",
                "origin: http://localhost:8080",
                "origin: http://127.0.0.1:1",
                "sec-fetch-site: cross-site",
                "sec-fetch-site: same-site",
                "sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate"
            })
    void nothingIsDoneForAPageOfAnotherOrigin(String sent) {
        try (var server = EdgeServer.inMemory();
                var log = new LogLines()) {
            var drain = answer(server, "POST /v1/admin/drain", host(server), sent);
            var publish = answer(server, "POST /v1/admin/channels/news/messages", host(server), sent);

            assertThat(drain).startsWith("HTTP/1.1 403").contains("origin-refused");
            assertThat(publish).startsWith("HTTP/1.1 403").contains("origin-refused");
            assertThat(new ApiClient(server).admin("/readyz").status()).isEqualTo(200);
            assertThat(log.all()).noneMatch(line -> line.startsWith("io.sluice.audit"));
        }
    }

    /** DNS rebinding: the page's own name leads here, so to its browser this is its own origin. */
    @ParameterizedTest
    @ValueSource(
            strings = {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "[2001:db8::1]"})
    void nothingIsReadUnderANameThatIsNotThisMachines(String host) {
        try (var server = EdgeServer.inMemory()) {
            int port = server.admin("").getPort();

            for (var path :
                    new String[] {"/v1/admin/sessions", "/console/", "/metrics", "/v1/events?channel=figures"}) {
                var answer = answer(server, "GET " + path, host + ":" + port, "origin: http://" + host + ":" + port);
                assertThat(answer).as(path).startsWith("HTTP/1.1 403").contains("origin-refused");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:%d", "localhost:%d", "LOCALHOST", "[::1]:%d", "127.1.2.3"})
    void thisMachinesNamesAreAnsweredTo(String host) {
        try (var server = EdgeServer.inMemory()) {
            var answer = answer(
                    server,
                    "GET /v1/admin/sessions",
                    host.formatted(server.admin("").getPort()),
                    "sec-fetch-site: same-origin");

            assertThat(answer).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aLinkThatIsFollowedFromElsewhereIsShown() {
        try (var server = EdgeServer.inMemory()) {
            var answer = answer(
                    server, "GET /console/", host(server), "sec-fetch-site: cross-site\r\nsec-fetch-mode: navigate");

            assertThat(answer)
                    .startsWith("HTTP/1.1 200")
                    .contains("content-security-policy: default-src 'none'; script-src 'self'")
                    .contains("frame-ancestors 'none'");
        }
    }

    @Test
    void theListenersOwnPageMayAct() {
        try (var server = EdgeServer.inMemory()) {
            var answer = answer(
                    server,
                    "POST /v1/admin/channels/news/messages",
                    host(server),
                    "origin: http://" + host(server) + "\r\nsec-fetch-site: same-origin");

            assertThat(answer).startsWith("HTTP/1.1 201");
        }
    }

    private static String host(EdgeServer server) {
        return server.admin("").getAuthority();
    }

    private static String answer(EdgeServer server, String request, String host, String field) {
        try (var client = RawClient.connect(server.admin("").getPort())) {
            var body = request.startsWith("POST") ? "{\"n\":1}" : "";
            client.send(request + " HTTP/1.1\r\nhost: " + host + "\r\n" + field
                    + "\r\nconnection: close\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
            return client.readToEnd();
        }
    }
}
