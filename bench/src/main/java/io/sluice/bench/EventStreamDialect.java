package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Server-sent events over HTTP/1.1: looks for the empty line that ends an event and lets chunk sizes pass by, since they
 * stand between events.
 */
class EventStreamDialect implements Dialect {
    private final Protocol.Reading reading;
    private int lastLength = -1;

    EventStreamDialect(Protocol.Reading reading) {
        this.reading = reading;
    }

    /** The request for a stream. */
    String request(LoadSocket socket) {
        return "GET /v1/events?channel=" + reading.channel() + " HTTP/1.1\r\nHost: " + reading.host()
                + "\r\nAccept: text/event-stream\r\n"
                + (socket.cursor == null ? "" : "Last-Event-ID: " + socket.cursor + "\r\n") + "\r\n";
    }

    /** The server answered with a stream. */
    void opened(LoadSocket socket) {
        socket.open = true;
    }

    /** Any event; {@code stamped} when it was counted. */
    void event(LoadSocket socket, String event, boolean stamped) throws IOException {
        reading.keep(socket, event, "id: ", "\n");
        if (event.contains("event: gap")) {
            reading.deliveries().gap();
        }
    }

    @Override
    public final ByteBuffer opening(LoadSocket socket) {
        return Dialect.ascii(request(socket));
    }

    @Override
    public final int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int at = from;
        if (!socket.upgraded) {
            at = Dialect.endOfHead(bytes, from, limit);
            if (at < 0) {
                return from;
            }
            if (!Stamp.text(bytes, from, Math.min(limit, from + 12)).equals("HTTP/1.1 200")) {
                throw new IOException("no stream: "
                        + Stamp.text(bytes, from, at).lines().findFirst().orElse(""));
            }
            socket.upgraded = true;
            socket.replies++;
            opened(socket);
        }
        while (true) {
            int end = endOfEvent(bytes, at, limit);
            if (end < 0) {
                return at;
            }
            boolean stamped = reading.deliveries().accept(socket, bytes, at, end, nowNanos);
            if (stamped) {
                lastLength = end - at;
            }
            if (!stamped || reading.resuming()) {
                event(socket, Stamp.text(bytes, at, end), stamped);
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
