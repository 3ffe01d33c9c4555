package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** Asks for what follows its cursor over one kept connection: again at once and waiting for an answer, or after a pause. */
final class PollDialect implements Dialect, LoadLoop.Timed {
    private static final int WAIT_SECONDS = 25;
    private static final double GOLDEN = 0.6180339887;

    private final Protocol.Reading reading;
    private final long pauseNanos;
    private final Deque<Due> due = new ArrayDeque<>();
    private double phase;

    private record Due(LoadSocket socket, long nanos) {}

    /** @param pauseNanos between an answer and the next question; 0 for long polls */
    PollDialect(Protocol.Reading reading, long pauseNanos) {
        this.reading = reading;
        this.pauseNanos = pauseNanos;
    }

    @Override
    public ByteBuffer opening(LoadSocket socket) {
        return question(socket, 0);
    }

    private ByteBuffer question(LoadSocket socket, int waitSeconds) {
        var after = socket.cursor == null ? "latest" : socket.cursor;
        return Dialect.ascii("GET /v1/channels/" + reading.channel() + "/messages?after=" + after
                + (waitSeconds > 0 ? "&wait=" + waitSeconds : "") + " HTTP/1.1\r\nHost: " + reading.host()
                + "\r\n\r\n");
    }

    @Override
    public int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int body = Dialect.endOfHead(bytes, from, limit);
        if (body < 0) {
            return from;
        }
        var head = Stamp.text(bytes, from, body).toLowerCase(Locale.ROOT);
        int end = body + (head.contains("content-length: ") ? Integer.parseInt(between(head, "content-length: ")) : 0);
        if (end > limit) {
            return from;
        }
        if (!head.startsWith("http/1.1 20")) {
            throw new IOException("refused: " + Stamp.text(bytes, from, end));
        }
        socket.cursor = between(head, "sluice-position: ");
        for (int at = Stamp.find(bytes, body, end); at >= 0; at = Stamp.find(bytes, at + Stamp.MIN_SIZE, end)) {
            reading.deliveries().accept(socket, bytes, at, end, nowNanos);
        }
        if (Stamp.text(bytes, body, end).contains("\"gap\":")) {
            reading.deliveries().gap();
        }
        if (pauseNanos == 0) {
            socket.send(question(socket, WAIT_SECONDS));
        } else {
            // Spread over the pause at first, as clients are that came one by one.
            phase = (phase + GOLDEN) % 1;
            double part = socket.open ? 1 : phase;
            due.add(new Due(socket, nowNanos + (long) (part * pauseNanos)));
        }
        socket.open = true;
        return end;
    }

    private static String between(String head, String name) {
        int at = head.indexOf(name) + name.length();
        return head.substring(at, head.indexOf('\r', at));
    }

    @Override
    public void turn(long nowNanos) throws IOException {
        for (int i = due.size(); i > 0; i--) {
            var next = due.removeFirst();
            if (next.socket.closed) {
                continue;
            }
            if (nowNanos - next.nanos >= 0) {
                next.socket.send(question(next.socket, 0));
            } else {
                due.addLast(next);
            }
        }
    }
}
