package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.net.SocketOutlet;
import java.nio.charset.StandardCharsets;

/** Frames the responses of one HTTP/1.1 connection, one after the other (RFC 9112 sections 6 and 7). Confined to its loop. */
final class Http1Response {
    /** Bodies and chunks up to this size are copied behind their head, to leave in one write. */
    private static final int COPY_LIMIT = 16 << 10;

    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** How the body of the current response ends. */
    private enum Framing {
        NONE,
        LENGTH,
        CHUNKED,
        CLOSE
    }

    private final SocketOutlet out;
    private final ByteBufAllocator allocator;
    private Framing framing = Framing.NONE;
    private long remaining;

    Http1Response(SocketOutlet out, ByteBufAllocator allocator) {
        this.out = out;
        this.allocator = allocator;
    }

    /** Sends a head and its body; takes {@code content} over. */
    void whole(int status, HttpHeaders fields, ByteBuf content, boolean bodiless, boolean close) {
        int length = content.readableBytes();
        boolean copied = !bodiless && length <= COPY_LIMIT;
        var head = open(status, fields, copied ? length : 0);
        if (status != 204 && status != 304) {
            ResponseHead.field(head, "content-length", Integer.toString(length));
        }
        finish(head, close);
        if (copied) {
            head.writeBytes(content, content.readerIndex(), length);
        }
        send(head);
        if (!bodiless && !copied) {
            out.write(content);
        }
        content.release();
    }

    /** Sends a head whose body follows: by the length that {@code fields} tell, until the close, or in chunks. */
    void begin(int status, HttpHeaders fields, boolean bodiless, boolean close) {
        var length = fields.get("content-length");
        var head = open(status, fields, 0);
        framing = Framing.NONE;
        if (length != null) {
            framing = Framing.LENGTH;
            remaining = Long.parseLong(length);
            ResponseHead.field(head, "content-length", length);
        } else if (close) {
            framing = Framing.CLOSE;
        } else if (status != 204 && status != 304) {
            framing = Framing.CHUNKED;
            ResponseHead.field(head, "transfer-encoding", "chunked");
        }
        if (bodiless) {
            framing = Framing.NONE;
        }
        finish(head, close);
        send(head);
    }

    /** Sends the 101 that takes the connection away from HTTP. */
    void switching(String protocol, HttpHeaders fields) {
        var head = open(101, fields, 0);
        ResponseHead.field(head, "connection", "upgrade");
        ResponseHead.field(head, "upgrade", protocol);
        ResponseHead.line(head);
        send(head);
    }

    /** True while body bytes leave as they are, until the close. */
    boolean isPlain() {
        return framing == Framing.CLOSE;
    }

    /** Sends body bytes; the caller keeps its reference. */
    void write(ByteBuf bytes) {
        switch (framing) {
            case CLOSE -> out.write(bytes);
            case CHUNKED -> chunk(bytes);
            case LENGTH -> {
                remaining -= bytes.readableBytes();
                if (remaining < 0) {
                    throw new IllegalStateException("the body is longer than its content-length");
                }
                out.write(bytes);
            }
            case NONE -> {}
        }
    }

    private void chunk(ByteBuf bytes) {
        int length = bytes.readableBytes();
        boolean copied = length <= COPY_LIMIT;
        var chunk = allocator.directBuffer(copied ? length + 12 : 12);
        chunk.writeCharSequence(Integer.toHexString(length), StandardCharsets.US_ASCII);
        ResponseHead.line(chunk);
        if (copied) {
            chunk.writeBytes(bytes, bytes.readerIndex(), length);
            ResponseHead.line(chunk);
            send(chunk);
            return;
        }
        var end = allocator.directBuffer(2);
        ResponseHead.line(end);
        send(Unpooled.wrappedBuffer(chunk, bytes.retainedDuplicate(), end));
    }

    /** Ends the body; false when that is shorter than was told, which only a broken connection can say. */
    boolean end(HttpHeaders trailers) {
        if (framing == Framing.CHUNKED) {
            var last = allocator.directBuffer(64);
            if (trailers.isEmpty()) {
                last.writeBytes(LAST_CHUNK);
            } else {
                last.writeByte('0');
                ResponseHead.line(last);
                trailers.forEach(field -> ResponseHead.field(last, field.getKey(), field.getValue()));
                ResponseHead.line(last);
            }
            send(last);
        }
        return framing != Framing.LENGTH || remaining == 0;
    }

    private ByteBuf open(int status, HttpHeaders fields, int room) {
        var head = allocator.directBuffer(448 + room);
        ResponseHead.write(head, status, fields);
        return head;
    }

    private static void finish(ByteBuf head, boolean close) {
        if (close) {
            ResponseHead.field(head, "connection", "close");
        }
        ResponseHead.line(head);
    }

    private void send(ByteBuf bytes) {
        out.write(bytes);
        bytes.release();
    }
}
