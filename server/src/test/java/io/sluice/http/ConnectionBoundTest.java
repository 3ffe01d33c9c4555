package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.net.Clock;
import io.sluice.net.EventLoops;
import io.sluice.testkit.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code edge.max_connections}: who comes beyond it is told when to come back, and those inside notice nothing. */
class ConnectionBoundTest {
    private final TestServer server = new TestServer(
            new HttpRoutes().add("GET", "/", exchange -> exchange.respond(200, Http1Test.text("in"))),
            new HttpSettings().withConnections(2),
            EventLoops.Kernel.AUTO,
            Clock.SYSTEM,
            null);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void refusesOneConnectionTooManyUntilAnotherHasLeft() {
        try (var first = server.connect();
                var second = server.connect()) {
            Eventually.holds(() -> server.http.openConnections() == 2);
            String refused;
            try (var third = server.connect()) {
                refused = third.readToEnd();
            }
            first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            var inside = first.readResponse();
            second.reset();
            Eventually.holds(() -> server.http.openConnections() == 1);
            try (var fourth = server.connect()) {
                fourth.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

                assertThat(fourth.readResponse()).startsWith("HTTP/1.1 200 ");
            }

            assertThat(refused)
                    .startsWith("HTTP/1.1 503 ")
                    .containsPattern("\r\nretry-after: \\d+\r\n")
                    .contains("urn:sluice:problem:overloaded", "\"limit\":2");
            assertThat(inside).endsWith("in");
        }
    }
}
