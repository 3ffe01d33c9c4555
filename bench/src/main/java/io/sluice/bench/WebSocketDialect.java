package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** RFC 6455 as far as a client needs it that trusts its server: walks frame headers, answers pings. */
class WebSocketDialect implements Dialect {
    private final String host;
    private final String path;
    private final String subprotocol;
    private final Deliveries deliveries;

    WebSocketDialect(String host, Deliveries deliveries) {
        this(host, "/v1/ws", "sluice.v1.json", deliveries);
    }

    WebSocketDialect(String host, String path, String subprotocol, Deliveries deliveries) {
        this.host = host;
        this.path = path;
        this.subprotocol = subprotocol;
        this.deliveries = deliveries;
    }

    /** The server speaks WebSocket from here on. */
    void upgraded(LoadSocket socket) throws IOException {
        socket.open = true;
    }

    /** A message that carries no stamp. */
    void text(LoadSocket socket, String text) throws IOException {
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

    @Override
    public ByteBuffer opening() {
        return Dialect.ascii("GET " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " + subprotocol
                + "\r\n\r\n");
    }

    @Override
    public int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int at = from;
        if (!socket.upgraded) {
            at = Dialect.endOfHead(bytes, from, limit);
            if (at < 0) {
                return from;
            }
            if (!Stamp.text(bytes, from, Math.min(limit, from + 12)).equals("HTTP/1.1 101")) {
                throw new IOException("no upgrade: "
                        + Stamp.text(bytes, from, at).lines().findFirst().orElse(""));
            }
            socket.upgraded = true;
            upgraded(socket);
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
            if (!deliveries.accept(socket, bytes, payload, end, end - at, nowNanos)) {
                other(socket, head & 0x0f, bytes, payload, end);
            }
            at = end;
        }
        return at;
    }

    private void other(LoadSocket socket, int opcode, ByteBuffer bytes, int from, int limit) throws IOException {
        switch (opcode) {
            case 0x8 -> socket.close();
            case 0x9 -> {
                var echo = new byte[limit - from];
                bytes.get(from, echo);
                socket.send(LoadSocket.frame((byte) 0x8a, echo));
            }
            case 0x1 -> text(socket, Stamp.text(bytes, from, limit));
            default -> {}
        }
    }
}
