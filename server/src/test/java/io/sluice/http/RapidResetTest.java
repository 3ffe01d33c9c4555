package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.net.EventLoops;
import io.sluice.testkit.ManualClock;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that are taken back before they are answered (CVE-2023-44487), in a time that forgives none of them. */
class RapidResetTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0";
    /** Type GOAWAY, no flags, stream 0, and the last stream that may come: the first warning (RFC 9113 section 6.8). */
    private static final String WARNING = "\u0007\0\0\0\0\0\u007f\u00ff\u00ff\u00ff";
    /** The error ENHANCE_YOUR_CALM and what is said with it. */
    private static final String REASON = "\0\0\0\u000brapid_reset";

    private final AtomicInteger asked = new AtomicInteger();
    private final TestServer server = new TestServer(
            new HttpRoutes().add("GET", "/", exchange -> asked.incrementAndGet()),
            new HttpSettings(),
            EventLoops.Kernel.AUTO,
            new ManualClock(),
            null);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void isWarnedThenToldWhyAndOnlyThenCut() {
        try (var client = server.connect()) {
            client.send(PREFACE + takenBack(0, 500));
            client.readUntil(WARNING);
            server.settle();
            assertThat(asked.get()).isEqualTo(500);

            client.send(takenBack(500, 1));

            assertThat(client.readToEnd()).contains(REASON);
            assertThat(asked.get()).isEqualTo(501);
        }
    }

    private static String takenBack(int first, int count) {
        var frames = new StringBuilder();
        for (int i = first; i < first + count; i++) {
            int stream = 2 * i + 1;
            var id = "\0\0" + (char) (stream >> 8) + (char) (stream & 0xff);
            frames.append("\0\0\u0006\u0001\u0005").append(id).append("\u0082\u0086\u0084\u0001\u0001x");
            frames.append("\0\0\u0004\u0003\0").append(id).append("\0\0\0\u0008");
        }
        return frames.toString();
    }
}
