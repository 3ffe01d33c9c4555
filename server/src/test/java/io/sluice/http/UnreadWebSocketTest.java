package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.RawClient;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A WebSocket whose peer asks for much at once and reads nothing is answered once, not as often as it asked. */
class UnreadWebSocketTest {
    private static final int ASKED = 4;
    private static final int LARGE = 6 << 20;
    /** A text frame of one character under a mask of zeros (RFC 6455 section 5.2). */
    private static final String QUESTION = "\u0081\u0081\0\0\0\0?";

    private static final String UPGRADE = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private final AtomicInteger answered = new AtomicInteger();
    private final WebSocketHandshake handshake = new WebSocketHandshake(List.of(), 1 << 20, 1009, false);
    private final TestServer server = new TestServer(new HttpRoutes().add("GET", "/", exchange -> {
        var socket = handshake.accept(exchange, ByteBufAllocator.DEFAULT, protocol -> new Answering());
        if (socket != null) {
            socket.start();
        }
    }));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theNextQuestionWaitsUntilTheAnswerHasLeft() {
        try (var client = RawClient.connect(server.port(), 16 << 10)) {
            client.send(UPGRADE).readUntil("\r\n\r\n");

            client.send(QUESTION.repeat(ASKED));
            Eventually.holds(() -> answered.get() > 0);
            server.settle();

            assertThat(answered.get()).isOne();
            for (int i = 1; i <= ASKED; i++) {
                client.readUntil("end of " + i);
            }
        }
    }

    private final class Answering implements WebSocket.Listener {
        @Override
        public void text(WebSocket socket, byte[] utf8) {
            int count = answered.incrementAndGet();
            var large = Unpooled.buffer(LARGE).writeZero(LARGE);
            large.writeBytes(("end of " + count).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            socket.send(true, large);
            large.release();
        }

        @Override
        public void binary(WebSocket socket, byte[] bytes) {
            throw new AssertionError("nothing binary was sent");
        }

        @Override
        public void writable(WebSocket socket) {
            // It goes on by itself.
        }

        @Override
        public void closed(WebSocket socket) {
            // Nothing is kept.
        }
    }
}
