package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sluice.net.EventLoops;
import io.sluice.testkit.ManualClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimeoutTest {
    private final ManualClock clock = new ManualClock();
    private final CompletableFuture<HttpExchange> waiting = new CompletableFuture<>();
    private final CompletableFuture<HttpExchange> reading = new CompletableFuture<>();
    private final CompletableFuture<Boolean> gone = new CompletableFuture<>();
    private final TestServer server = new TestServer(
            new HttpRoutes()
                    .add("GET", "/", exchange -> exchange.respond(200, Unpooled.EMPTY_BUFFER))
                    .add("GET", "/wait", exchange -> {
                        exchange.onClose(() -> gone.complete(true));
                        waiting.complete(exchange);
                    })
                    .add("POST", "/", exchange -> {
                        exchange.collectBody(1000, body -> exchange.respond(200, body));
                        reading.complete(exchange);
                    }),
            new HttpSettings(),
            EventLoops.Kernel.AUTO,
            clock,
            null);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void refusesAHeadThatTakesLongerThan10Seconds() {
        try (var client = server.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT");
            client.readResponse();
            server.settle();

            clock.advance(Duration.ofSeconds(11));

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 408 ").contains("urn:sluice:problem:request-timeout");
        }
    }

    @Test
    void closesAConnectionThatIsIdleForAMinute() {
        try (var client = server.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            client.readResponse();
            server.settle();

            clock.advance(Duration.ofSeconds(61));

            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void refusesABodyThatStopsForHalfAMinute() throws Exception {
        try (var client = server.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
            reading.get();
            server.settle();

            clock.advance(Duration.ofSeconds(31));

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void letsAPendingExchangeWaitAsLongAsItsHandlerWants() throws Exception {
        try (var client = server.connect()) {
            client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
            var exchange = waiting.get();
            server.settle();
            clock.advance(Duration.ofHours(1));

            exchange.loop().execute(() -> exchange.respond(200, Http1Test.text("done")));

            assertThat(client.readResponse()).endsWith("done");
        }
    }

    @Test
    void noticesThatTheClientOfAPendingExchangeIsGone() throws Exception {
        try (var client = server.connect()) {
            client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
            waiting.get();
            client.reset();
        }

        assertThat(gone.get(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closesIdleConnectionsOnDrainAndOthersWithTheirResponse() throws Exception {
        try (var idle = server.connect();
                var busy = server.connect()) {
            idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readResponse();
            busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
            var exchange = waiting.get();
            server.settle();

            server.http.drain();
            exchange.loop().execute(() -> exchange.respond(200, Http1Test.text("last")));

            assertThat(idle.readToEnd()).isEmpty();
            assertThat(busy.readToEnd()).contains("\r\nconnection: close\r\n").endsWith("last");
        }
    }
}
