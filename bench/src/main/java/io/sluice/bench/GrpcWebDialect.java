package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A Subscribe call of gRPC-Web over HTTP/1.1: one connection for each reader, the frames in chunks (RFC 9112 section 7.1). */
final class GrpcWebDialect implements Dialect {
    private final Protocol.Reading reading;
    private final GrpcMessages messages;

    GrpcWebDialect(Protocol.Reading reading) {
        this.reading = reading;
        this.messages = new GrpcMessages(reading);
    }

    @Override
    public ByteBuffer opening(LoadSocket socket) {
        var request = GrpcDialect.subscribe(reading.channel(), socket);
        var head = Dialect.ascii("POST /sluice.v1.Hub/Subscribe HTTP/1.1\r\nHost: " + reading.host()
                + "\r\nContent-Type: application/grpc-web+proto\r\nContent-Length: " + request.length + "\r\n\r\n");
        return ByteBuffer.allocate(head.remaining() + request.length)
                .put(head)
                .put(request)
                .flip();
    }

    @Override
    public int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException {
        int at = from;
        if (!socket.upgraded) {
            at = Dialect.endOfHead(bytes, from, limit);
            if (at < 0) {
                return from;
            }
            if (!Stamp.text(bytes, from, Math.min(limit, from + 12)).equals("HTTP/1.1 200")) {
                throw new IOException("no call: "
                        + Stamp.text(bytes, from, at).lines().findFirst().orElse(""));
            }
            socket.upgraded = true;
        }
        while (true) {
            int chunk = at;
            int size = 0;
            while (chunk < limit && bytes.get(chunk) != '\r') {
                size = size << 4 | Character.digit(bytes.get(chunk++), 16);
            }
            int payload = chunk + 2;
            if (payload + size + 2 > limit) {
                return at;
            }
            if (size == 0) {
                throw new IOException("the call ended");
            }
            messages.take(socket, 0, bytes, payload, payload + size, nowNanos);
            at = payload + size + 2;
        }
    }
}
