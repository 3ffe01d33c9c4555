package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sluice.testkit.Eventually;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client of HTTP/2 that asks for large responses and opens no window: what waits for it is bounded. */
class UnsentTest {
    private static final int LARGE = 3 << 20;
    /** The preface, and settings that leave the streams no window. */
    private static final String SHUT = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\u0006\u0004\0\0\0\0\0\0\u0004\0\0\0\0";

    private static final String PING = "\0\0\u0008\u0006\0\0\0\0\0" + "12345678";
    private static final String PONG = "\0\0\u0008\u0006\u0001\0\0\0\0" + "12345678";

    private final AtomicInteger made = new AtomicInteger();
    private final TestServer server = new TestServer(new HttpRoutes().add("GET", "/", exchange -> {
        made.incrementAndGet();
        exchange.respond(200, Unpooled.directBuffer(LARGE).writeZero(LARGE));
    }));

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void furtherRequestsWaitUntilTheResponsesBeforeHaveLeft() {
        try (var client = server.connect()) {
            client.send(SHUT + get(1) + get(3) + get(5) + PING).readUntil(PONG);

            assertThat(made.get()).isOne();

            client.send(window(0) + window(1));
            Eventually.holds(() -> made.get() == 2);
        }
    }

    @Test
    void requestsThatAreTakenBackWhileTheyWaitAreNeverServed() {
        try (var client = server.connect()) {
            client.send(SHUT + get(1) + get(3) + reset(3) + get(5) + PING).readUntil(PONG);

            client.send(reset(1));
            Eventually.holds(() -> made.get() == 2);
            client.send(PING).readUntil(PONG);

            assertThat(made.get()).isEqualTo(2);
        }
    }

    private static String get(int stream) {
        return "\0\0\u0006\u0001\u0005\0\0\0" + (char) stream + "\u0082\u0086\u0084\u0001\u0001x";
    }

    private static String reset(int stream) {
        return "\0\0\u0004\u0003\0\0\0\0" + (char) stream + "\0\0\0\u0008";
    }

    /** Opens a window by far more than a response. */
    private static String window(int stream) {
        return "\0\0\u0004\u0008\0\0\0\0" + (char) stream + "\u0010\0\0\0";
    }
}
