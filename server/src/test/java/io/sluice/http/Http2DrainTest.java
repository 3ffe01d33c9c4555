package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.RawClient;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames by hand, since no client shows the GOAWAYs that it gets. */
class Http2DrainTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String EMPTY_SETTINGS = "\0\0\0\u0004\0\0\0\0\0";
    private static final int HEADERS = 1;
    private static final int GOAWAY = 7;

    private final CompletableFuture<HttpExchange> waiting = new CompletableFuture<>();
    private final TestServer server = new TestServer(new HttpRoutes().add("GET", "/", waiting::complete));

    @AfterEach
    void stop() {
        server.close();
    }

    /** The payload of the next frame of {@code type}; others are passed over. */
    private static String frame(RawClient client, int type) {
        while (true) {
            var head = client.read(9);
            var payload = client.read(head.charAt(0) << 16 | head.charAt(1) << 8 | head.charAt(2));
            if (head.charAt(3) == type) {
                return payload;
            }
        }
    }

    @Test
    void sendsTwoGoAwaysAndStillAnswers() throws Exception {
        try (var client = server.connect()) {
            // :method GET, :scheme http, :path / from the static table; :authority x as a literal.
            var fields = "\u0082\u0086\u0084\u0001\u0001x";
            client.send(PREFACE + EMPTY_SETTINGS + "\0\0\u0006\u0001\u0005\0\0\0\u0001" + fields);
            var exchange = waiting.get();

            server.http.drain();
            var first = frame(client, GOAWAY);
            var second = frame(client, GOAWAY);
            exchange.loop().execute(() -> exchange.respond(204, io.netty.buffer.Unpooled.EMPTY_BUFFER));
            frame(client, HEADERS);

            assertThat(first).startsWith("\u007f\u00ff\u00ff\u00ff\0\0\0\0");
            assertThat(second).startsWith("\0\0\0\u0001\0\0\0\0");
            client.readToEnd();
        }
    }
}
