package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** RFC 6455 as far as a client needs it that trusts its server: walks frame headers, answers pings. */
final class WebSocketDialect implements Dialect {
    private final String host;
    private final Deliveries deliveries;

    WebSocketDialect(String host, Deliveries deliveries) {
        this.host = host;
        this.deliveries = deliveries;
    }

    @Override
    public ByteBuffer opening() {
        return Dialect.ascii("GET /v1/ws HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sluice.v1.json\r\n\r\n");
    }

    @Override
    public int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int at = from;
        if (!socket.open) {
            at = Dialect.endOfHead(bytes, from, limit);
            if (at < 0) {
                return from;
            }
            if (!Stamp.text(bytes, from, Math.min(limit, from + 12)).equals("HTTP/1.1 101")) {
                throw new IOException("no upgrade: "
                        + Stamp.text(bytes, from, at).lines().findFirst().orElse(""));
            }
            socket.open = true;
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
            case 0x1 -> {
                var text = Stamp.text(bytes, from, limit);
                if (text.contains("\"type\":\"gap\"")) {
                    deliveries.gap();
                } else if (!text.contains("\"type\":\"presence\"")) {
                    socket.replies++;
                    socket.lastReply = text;
                }
            }
            default -> {}
        }
    }
}
