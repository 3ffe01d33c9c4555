package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Server-Sent Events over HTTP/1.1: looks for the empty line that ends an event and lets chunk sizes pass by, since they
 * stand between events.
 */
final class EventStreamDialect implements Dialect {
    private final String host;
    private final String channel;
    private final Deliveries deliveries;
    private int lastLength = -1;

    EventStreamDialect(String host, String channel, Deliveries deliveries) {
        this.host = host;
        this.channel = channel;
        this.deliveries = deliveries;
    }

    @Override
    public ByteBuffer opening() {
        return Dialect.ascii("GET /v1/events?channel=" + channel + " HTTP/1.1\r\nHost: " + host
                + "\r\nAccept: text/event-stream\r\n\r\n");
    }

    @Override
    public int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int at = from;
        if (!socket.open) {
            at = Dialect.endOfHead(bytes, from, limit);
            if (at < 0) {
                return from;
            }
            if (!Stamp.text(bytes, from, Math.min(limit, from + 12)).equals("HTTP/1.1 200")) {
                throw new IOException("no stream: "
                        + Stamp.text(bytes, from, at).lines().findFirst().orElse(""));
            }
            socket.open = true;
            socket.replies++;
        }
        while (true) {
            int end = endOfEvent(bytes, at, limit);
            if (end < 0) {
                return at;
            }
            if (deliveries.accept(socket, bytes, at, end, end - at, nowNanos)) {
                lastLength = end - at;
            } else if (Stamp.text(bytes, at, end).contains("event: gap")) {
                deliveries.gap();
            }
            at = end;
        }
    }

    /** Events of a run mostly have one length: tried first. */
    private int endOfEvent(ByteBuffer bytes, int from, int limit) {
        int guess = from + lastLength;
        if (lastLength > 2 && guess <= limit && isEmptyLine(bytes, guess - 2) && bytes.get(guess - 3) == '}') {
            return guess;
        }
        for (int i = from; i + 2 <= limit; i++) {
            if (isEmptyLine(bytes, i)) {
                return i + 2;
            }
        }
        return -1;
    }

    private static boolean isEmptyLine(ByteBuffer bytes, int at) {
        return bytes.get(at) == '\n' && bytes.get(at + 1) == '\n';
    }
}
