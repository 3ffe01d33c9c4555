package io.sluice.bench.compare;

import io.sluice.bench.LoadSocket;
import io.sluice.bench.Protocol.Reading;
import io.sluice.bench.Stamp;
import io.sluice.bench.WebSocketDialect;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** The NATS protocol in WebSocket frames, whose borders mean nothing to it: one frame holds many messages, or a part of one. */
final class NatsDialect extends WebSocketDialect {
    private final Reading reading;
    private final String subscription;
    /** What has come of a line or message that is not whole. */
    private final Map<LoadSocket, byte[]> parts = new HashMap<>();

    /** @param subscription what is sent behind the greeting */
    NatsDialect(Reading reading, String subscription) {
        super(reading.host(), "/", "", reading.deliveries());
        this.reading = reading;
        this.subscription = subscription;
    }

    @Override
    protected void upgraded(LoadSocket socket) throws IOException {
        NatsPeer.send(
                socket,
                "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1,\"lang\":\"bench\",\"version\":\"1\"}\r\n"
                        + subscription + "PING\r\n");
    }

    @Override
    protected void data(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        var before = parts.remove(socket);
        if (before == null) {
            take(socket, bytes, from, limit, nowNanos);
        } else {
            var joined = ByteBuffer.allocate(before.length + limit - from).put(before);
            joined.put(bytes.duplicate().limit(limit).position(from));
            take(socket, joined, 0, joined.position(), nowNanos);
        }
    }

    private void take(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int at = from;
        while (at < limit) {
            int line = endOfLine(bytes, at, limit);
            int end = line < 0 || bytes.get(at) != 'M' ? line : line + lastNumber(bytes, line) + 2;
            if (end < 0 || end > limit) {
                var rest = new byte[limit - at];
                bytes.get(at, rest);
                parts.put(socket, rest);
                return;
            }
            if (end > line) {
                reading.deliveries().accept(socket, bytes, line, end, nowNanos);
            } else {
                control(socket, Stamp.text(bytes, at, end));
            }
            at = end;
        }
    }

    private static void control(LoadSocket socket, String line) throws IOException {
        if (line.startsWith("PONG")) {
            socket.open = true;
        } else if (line.startsWith("PING")) {
            NatsPeer.send(socket, "PONG\r\n");
        } else if (line.startsWith("-ERR")) {
            throw new IOException("refused: " + line.strip());
        }
    }

    /** Behind the line that begins at {@code from}, or -1. */
    private static int endOfLine(ByteBuffer bytes, int from, int limit) {
        for (int i = from; i + 2 <= limit; i++) {
            if (bytes.get(i) == '\r' && bytes.get(i + 1) == '\n') {
                return i + 2;
            }
        }
        return -1;
    }

    /** The number at the end of the line before {@code end}. */
    private static int lastNumber(ByteBuffer bytes, int end) {
        int value = 0;
        int power = 1;
        for (int i = end - 3; Character.isDigit(bytes.get(i)); i--) {
            value += (bytes.get(i) - '0') * power;
            power *= 10;
        }
        return value;
    }
}
