package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/** RFC 6455 as far as a client needs it that trusts its server: walks frame headers, answers pings. */
public class WebSocketDialect implements Dialect {
    private static final Pattern RETRY_AFTER = Pattern.compile("(?im)^retry-after: (\\d+)");

    private final String host;
    private final String path;
    private final String subprotocol;
    private final Deliveries deliveries;

    WebSocketDialect(String host, Deliveries deliveries) {
        this(host, "/v1/ws", "sluice.v1.json", deliveries);
    }

    /** @param subprotocol empty for none */
    public WebSocketDialect(String host, String path, String subprotocol, Deliveries deliveries) {
        this.host = host;
        this.path = path;
        this.subprotocol = subprotocol;
        this.deliveries = deliveries;
    }

    /** The server speaks WebSocket from here on. */
    protected void upgraded(LoadSocket socket) throws IOException {
        socket.open = true;
    }

    /** A message that carries no stamp. */
    protected void text(LoadSocket socket, String text) throws IOException {
        if (text.contains("\"type\":\"gap\"")) {
            deliveries.gap();
        } else if (text.contains("\"type\":\"error\"")) {
            // A publish that was refused would otherwise be looked for among the deliveries for ever.
            throw new IOException("refused: " + text);
        } else if (!text.contains("\"type\":\"presence\"")) {
            socket.replies++;
            socket.lastReply = text;
        }
    }

    /** A message that carries a stamp was counted. */
    protected void delivered(LoadSocket socket, ByteBuffer bytes, int from, int limit) {}

    /** The path and query of this socket's handshake. */
    protected String path(LoadSocket socket) {
        return path;
    }

    /** The payload of a data frame. */
    protected void data(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        if (deliveries.accept(socket, bytes, from, limit, nowNanos)) {
            delivered(socket, bytes, from, limit);
        } else {
            text(socket, Stamp.text(bytes, from, limit));
        }
    }

    @Override
    public final ByteBuffer opening(LoadSocket socket) {
        return Dialect.ascii("GET " + path(socket) + " HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + (subprotocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n") + "\r\n");
    }

    @Override
    public final int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int at = from;
        if (!socket.upgraded) {
            at = Dialect.endOfHead(bytes, from, limit);
            if (at < 0) {
                return from;
            }
            upgrade(socket, Stamp.text(bytes, from, at));
        }
        while (at + 2 <= limit) {
            int head = bytes.get(at);
            int shortLength = bytes.get(at + 1) & 0x7f;
            int payload = at + (shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10);
            if (payload > limit) {
                return at;
            }
            int length = shortLength < 126
                    ? shortLength
                    : shortLength == 126 ? bytes.getShort(at + 2) & 0xffff : (int) bytes.getLong(at + 2);
            int end = payload + length;
            if (end > limit) {
                return at;
            }
            frame(socket, head & 0x0f, bytes, payload, end, nowNanos);
            at = end;
        }
        return at;
    }

    private void upgrade(LoadSocket socket, String head) throws IOException {
        if (!head.startsWith("HTTP/1.1 101")) {
            var wait = RETRY_AFTER.matcher(head);
            socket.retryAfterNanos = wait.find() ? Long.parseLong(wait.group(1)) * 1_000_000_000L : 0;
            throw new IOException("no upgrade: " + head.lines().findFirst().orElse(""));
        }
        socket.upgraded = true;
        upgraded(socket);
    }

    private void frame(LoadSocket socket, int opcode, ByteBuffer bytes, int from, int limit, long nowNanos)
            throws IOException {
        switch (opcode) {
            case 0x8 -> throw new IOException("closed by the server: " + Stamp.text(bytes, from, limit));
            case 0x9 -> {
                var echo = new byte[limit - from];
                bytes.get(from, echo);
                socket.send(LoadSocket.frame((byte) 0x8a, echo));
            }
            case 0x1, 0x2 -> data(socket, bytes, from, limit, nowNanos);
            default -> {} // pongs
        }
    }
}
