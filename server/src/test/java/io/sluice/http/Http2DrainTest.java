package io.sluice.http;

import static io.sluice.http.Http2Wire.GOAWAY;
import static io.sluice.http.Http2Wire.HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames by hand: no client shows the GOAWAYs that it gets. */
class Http2DrainTest {
    private final CompletableFuture<HttpExchange> waiting = new CompletableFuture<>();
    private final TestServer server = new TestServer(new HttpRoutes().add("GET", "/", waiting::complete));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void sendsTwoGoAwaysAndStillAnswers() throws Exception {
        try (var client = new Http2Wire(server)) {
            client.get(1).send();
            var exchange = waiting.get();

            server.http.drain();
            var first = client.next(GOAWAY).payload();
            var second = client.next(GOAWAY).payload();
            exchange.loop().execute(() -> exchange.respond(204, io.netty.buffer.Unpooled.EMPTY_BUFFER));
            client.next(HEADERS);

            assertThat(first).startsWith("\u007f\u00ff\u00ff\u00ff\0\0\0\0");
            assertThat(second).startsWith("\0\0\0\u0001\0\0\0\0");
            client.awaitEnd();
        }
    }
}
