package io.sluice.http;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.fuzz.FuzzTarget;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.nio.charset.StandardCharsets;

/** Frames behind a client's preface: what is sent back is whole frames, and nothing is kept. */
public final class Http2Fuzz implements FuzzTarget {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    @Override
    public void run(byte[] input) {
        var clock = new ManualClock();
        try (var connection =
                new FuzzedConnection(Http1Fuzz.routes(), Http1Fuzz.SMALL, new SimulatedLoops(1, clock), clock)) {
            connection.receive(PREFACE, PREFACE.length);
            connection.receive(SETTINGS, SETTINGS.length);
            connection.receive(input, 1 + input.length % 50);

            wholeFrames(connection.sent());
        }
    }

    private static void wholeFrames(byte[] sent) {
        int at = 0;
        while (at + 9 <= sent.length) {
            int length = (sent[at] & 0xff) << 16 | (sent[at + 1] & 0xff) << 8 | sent[at + 2] & 0xff;
            check(sent[at + 3] >= 0 && sent[at + 3] <= 9, "a frame of type " + sent[at + 3]);
            at += 9 + length;
        }
        check(at == sent.length, "half a frame");
    }
}
