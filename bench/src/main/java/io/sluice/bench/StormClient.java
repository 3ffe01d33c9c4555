package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client that comes back: connects, subscribes after the last position it saw, and when it is refused or cut waits as long
 * as Retry-After says and up to a second more at random, or by full-jitter backoff where nothing is said. Confined to the
 * load thread.
 */
final class StormClient implements Dialect {
    private static final Pattern POSITION = Pattern.compile("\"position\":\"([^\"]+)\"");
    private static final Pattern RETRY_AFTER = Pattern.compile("(?im)^retry-after: (\\d+)");
    private static final long SECOND = 1_000_000_000L;

    private final String host;
    private final String channel;
    private final StormTally tally;
    private final Random random;
    private @Nullable LoadSocket socket;
    private @Nullable String cursor;
    private int lastSequence;
    private int failures;
    private boolean in;
    /** When it tries next. */
    long dueNanos;

    StormClient(String host, String channel, StormTally tally, Random random) {
        this.host = host;
        this.channel = channel;
        this.tally = tally;
        this.random = random;
    }

    /** True when it is to connect now. */
    boolean isDue(long nowNanos) {
        return (socket == null || socket.closed) && nowNanos - dueNanos >= 0;
    }

    void connecting(LoadSocket fresh) {
        socket = fresh;
        in = false;
    }

    /** The connection ended without being told why. */
    void noticeLoss(long nowNanos) {
        if (socket != null && socket.closed) {
            socket = null;
            in = false;
            dueNanos = nowNanos + random.nextLong(SECOND << Math.min(4, failures++));
        }
    }

    /** Ends the connection as a network does; the client begins to come back. */
    void cut(long nowNanos) {
        if (socket != null) {
            socket.close();
        }
        noticeLoss(nowNanos);
    }

    /** True once it is subscribed. */
    boolean isIn() {
        return in;
    }

    @Override
    public ByteBuffer opening(LoadSocket socket) {
        return Dialect.ascii("GET /v1/ws HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    }

    @Override
    public int read(LoadSocket from, ByteBuffer bytes, int start, int limit, long nowNanos) throws IOException {
        int at = start;
        if (!from.open) {
            at = Dialect.endOfHead(bytes, start, limit);
            if (at < 0) {
                return start;
            }
            var head = Stamp.text(bytes, start, at);
            if (!head.startsWith("HTTP/1.1 101")) {
                refused(from, head, nowNanos);
                return limit;
            }
            from.open = true;
            failures = 0;
            tally.admitted(nowNanos);
            var after = cursor == null ? "" : ",\"after\":\"" + cursor + "\"";
            from.sendFrame("{\"id\":1,\"type\":\"subscribe\",\"channel\":\"" + channel + "\"" + after + "}");
        }
        while (at + 2 <= limit) {
            int shortLength = bytes.get(at + 1) & 0x7f;
            int payload = at + (shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10);
            if (payload > limit) {
                return at;
            }
            int length = shortLength < 126
                    ? shortLength
                    : shortLength == 126 ? bytes.getShort(at + 2) & 0xffff : (int) bytes.getLong(at + 2);
            if (payload + length > limit) {
                return at;
            }
            frame(from, bytes.get(at) & 0x0f, bytes, payload, payload + length, nowNanos);
            at = payload + length;
        }
        return at;
    }

    private void refused(LoadSocket from, String head, long nowNanos) {
        var wait = RETRY_AFTER.matcher(head);
        from.close();
        socket = null;
        tally.refused(head.startsWith("HTTP/1.1 503"));
        dueNanos = nowNanos + (wait.find() ? Long.parseLong(wait.group(1)) * SECOND : 0) + random.nextLong(SECOND);
    }

    private void frame(LoadSocket from, int opcode, ByteBuffer bytes, int start, int end, long nowNanos)
            throws IOException {
        if (opcode == 0x9) {
            var echo = new byte[end - start];
            bytes.get(start, echo);
            from.send(LoadSocket.frame((byte) 0x8a, echo));
            return;
        }
        if (opcode != 0x1) {
            return;
        }
        var text = Stamp.text(bytes, start, end);
        var position = POSITION.matcher(text);
        if (position.find()) {
            cursor = position.group(1);
        }
        if (text.contains("\"type\":\"gap\"")) {
            tally.gap();
        }
        if (text.startsWith("{\"id\":1,")) {
            in = text.contains("\"ok\"");
        }
        int stamp = Stamp.find(bytes, start, end);
        if (stamp >= 0) {
            int sequence = Stamp.sequence(bytes, stamp);
            tally.received(lastSequence, sequence, nowNanos - Stamp.intendedNanos(bytes, stamp));
            lastSequence = sequence;
        }
    }
}
