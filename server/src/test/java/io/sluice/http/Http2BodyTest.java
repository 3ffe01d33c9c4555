package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.EventLoops;
import io.sluice.testkit.ManualClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies on HTTP/2 streams whose responses come later. */
final class Http2BodyTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0";
    /** :method POST, :scheme http, :path / from the static table; :authority x as a literal. */
    private static final String HEADERS = "\0\0\u0006\u0001\u0004\0\0\0\u0001\u0083\u0086\u0084\u0001\u0001x";

    private static final String LAST_DATA = "\0\0\u0003\0\u0001\0\0\0\u0001abc";

    private final ManualClock clock = new ManualClock();
    private final CompletableFuture<HttpExchange> read = new CompletableFuture<>();
    private final TestServer server = new TestServer(
            new HttpRoutes().add("POST", "/", exchange -> exchange.readBody(new Eager(exchange))),
            new HttpSettings(),
            EventLoops.Kernel.AUTO,
            clock,
            null);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void noTimeoutWatchesOverABodyThatHasCome() throws Exception {
        try (var client = server.connect()) {
            client.send(PREFACE + HEADERS + LAST_DATA);
            var exchange = read.get(30, TimeUnit.SECONDS);
            server.settle();

            clock.advance(Duration.ofSeconds(45));
            server.settle();
            exchange.loop().execute(() -> exchange.respond(204, Unpooled.EMPTY_BUFFER));

            // 204 stands at place 9 of the static table.
            assertThat(client.readUntil("\u0089")).endsWith("\u0089").doesNotContain("408");
        }
    }

    /** Asks for the next part while it takes one. */
    private final class Eager implements BodyReader {
        private final HttpExchange exchange;

        Eager(HttpExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void part(ByteBuf bytes, Runnable more) {
            bytes.release();
            more.run();
        }

        @Override
        public void end(HttpHeaders trailers) {
            read.complete(exchange);
        }

        @Override
        public void failed(Problem problem) {
            read.completeExceptionally(new AssertionError(problem.detail()));
        }
    }
}
