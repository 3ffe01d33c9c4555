package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sluice.net.Deflate;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Builds unmasked frames, the server's side of RFC 6455 section 5.2. Thread-safe. */
public final class WebSocketFrames {
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int LONGEST_HEADER = 10;
    private static final int COMPRESS_FROM = 96;
    private static final int FINAL = 0x80;
    private static final int COMPRESSED = 0x40;

    private WebSocketFrames() {}

    /** Fills {@code out}, an empty buffer, with one text frame around what {@code body} writes; returns it. */
    public static ByteBuf text(ByteBuf out, Consumer<ByteBuf> body) {
        out.setIndex(LONGEST_HEADER, LONGEST_HEADER);
        body.accept(out);
        return header(out, FINAL | TEXT);
    }

    /** Writes the head of a text frame whose {@code length} bytes of payload follow. */
    public static void textHead(ByteBuf out, int length) {
        out.writeByte(FINAL | TEXT);
        if (length <= 125) {
            out.writeByte(length);
        } else if (length <= 0xffff) {
            out.writeByte(126);
            out.writeShort(length);
        } else {
            out.writeByte(127);
            out.writeLong(length);
        }
    }

    /** One frame with {@code payload}, which is copied. */
    static ByteBuf frame(int opcode, ByteBuf payload, ByteBufAllocator allocator) {
        var out = allocator.directBuffer(LONGEST_HEADER + payload.readableBytes());
        out.setIndex(LONGEST_HEADER, LONGEST_HEADER);
        out.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
        return header(out, FINAL | opcode);
    }

    static ByteBuf close(int code, String reason, ByteBufAllocator allocator) {
        var out = allocator.directBuffer(LONGEST_HEADER + 2 + reason.length());
        out.setIndex(LONGEST_HEADER, LONGEST_HEADER);
        out.writeShort(code);
        out.writeCharSequence(reason, StandardCharsets.US_ASCII);
        return header(out, FINAL | CLOSE);
    }

    static ByteBuf ping(ByteBufAllocator allocator) {
        return frame(PING, Unpooled.EMPTY_BUFFER, allocator);
    }

    /**
     * The same data frame compressed without context (RFC 7692 section 7.2.1), or {@code frame} itself when that is not
     * smaller. Takes {@code frame} over.
     */
    public static ByteBuf deflate(ByteBuf frame, ByteBufAllocator allocator) {
        int opcode = frame.getByte(frame.readerIndex()) & 0x0f;
        int headerLength = headerLength(frame);
        int length = frame.readableBytes() - headerLength;
        if (length < COMPRESS_FROM) {
            return frame;
        }
        var out = allocator.directBuffer(LONGEST_HEADER + length);
        out.setIndex(LONGEST_HEADER, LONGEST_HEADER);
        // Room for at most what the plain frame takes: if it does not fit, compressing does not pay.
        int written = Deflate.flushed(
                frame.nioBuffer(frame.readerIndex() + headerLength, length), out.nioBuffer(LONGEST_HEADER, length));
        if (written < 0) {
            out.release();
            return frame;
        }
        frame.release();
        out.writerIndex(LONGEST_HEADER + written - 4); // without the trailing 00 00 ff ff
        return header(out, FINAL | COMPRESSED | opcode);
    }

    /** Puts the header right before the payload that begins at {@link #LONGEST_HEADER}. */
    private static ByteBuf header(ByteBuf out, int firstByte) {
        int length = out.writerIndex() - LONGEST_HEADER;
        int start;
        if (length <= 125) {
            start = LONGEST_HEADER - 2;
            out.setByte(start + 1, length);
        } else if (length <= 0xffff) {
            start = LONGEST_HEADER - 4;
            out.setByte(start + 1, 126);
            out.setShort(start + 2, length);
        } else {
            start = 0;
            out.setByte(1, 127);
            out.setLong(2, length);
        }
        out.setByte(start, firstByte);
        return out.readerIndex(start);
    }

    private static int headerLength(ByteBuf frame) {
        return switch (frame.getByte(frame.readerIndex() + 1) & 0x7f) {
            case 126 -> 4;
            case 127 -> 10;
            default -> 2;
        };
    }
}
