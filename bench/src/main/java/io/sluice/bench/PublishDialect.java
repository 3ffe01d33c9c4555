package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Publishers over HTTP/1.1: each connection sends its next publish when the last one was answered. */
final class PublishDialect implements Dialect {
    private final Histogram latency = new Histogram(1_000L, 60_000_000_000L, 3);
    private final Map<Integer, Long> refused = new TreeMap<>();
    private final byte[][] requests;
    private final ByteBuffer out = ByteBuffer.allocateDirect(64 * 1024);
    private boolean running;
    private long stored;
    private int nextRequest;

    /** @param channels the publishers take them in turn */
    PublishDialect(String host, int channels, int dataSize) {
        requests = new byte[channels][];
        for (int i = 0; i < channels; i++) {
            var body = "\"" + "x".repeat(dataSize - 2) + "\"";
            requests[i] = ("POST /v1/channels/bench-publish-" + i + "/messages HTTP/1.1\r\nHost: " + host
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + dataSize + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII);
        }
    }

    void reset(boolean run) {
        running = run;
        latency.reset();
        stored = 0;
        refused.clear();
    }

    long stored() {
        return stored;
    }

    /** Answers other than 201 by their status. */
    Map<Integer, Long> refused() {
        return refused;
    }

    Histogram latency() {
        return latency;
    }

    @Override
    public ByteBuffer opening(LoadSocket socket) {
        return ByteBuffer.wrap(requests[nextRequest++ % requests.length]);
    }

    void publish(LoadSocket socket) throws IOException {
        socket.sentNanos = System.nanoTime();
        out.clear().put(requests[nextRequest++ % requests.length]).flip();
        socket.send(out);
    }

    @Override
    public int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int body = Dialect.endOfHead(bytes, from, limit);
        if (body < 0) {
            return from;
        }
        int end = body + contentLength(bytes, from, body);
        if (end > limit) {
            return from;
        }
        socket.open = true;
        int status = (bytes.get(from + 9) - '0') * 100 + (bytes.get(from + 10) - '0') * 10 + bytes.get(from + 11) - '0';
        if (status == 201) {
            stored++;
            if (socket.sentNanos != 0) {
                latency.recordValue(Math.clamp(nowNanos - socket.sentNanos, 1_000L, 60_000_000_000L));
            }
        } else {
            socket.lastReply = Stamp.text(bytes, from, end);
            refused.merge(status, 1L, Long::sum);
        }
        if (running) {
            publish(socket);
        }
        return end;
    }

    private static int contentLength(ByteBuffer bytes, int from, int limit) throws IOException {
        for (int i = from; i + 18 < limit; i++) {
            if ((bytes.get(i) | 0x20) == 'c' && (bytes.get(i + 8) | 0x20) == 'l' && bytes.get(i + 14) == ':') {
                int value = 0;
                for (int d = i + 15; bytes.get(d) != '\r'; d++) {
                    value = bytes.get(d) == ' ' ? value : value * 10 + bytes.get(d) - '0';
                }
                return value;
            }
        }
        throw new IOException(
                "an answer without a length: " + Stamp.text(bytes, from, limit).toLowerCase(Locale.ROOT));
    }
}
