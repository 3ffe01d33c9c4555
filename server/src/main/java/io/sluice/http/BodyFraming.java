package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Takes one HTTP/1.1 request body out of the stream: by length or in chunks (RFC 9112 sections 6 and 7). Chunk extensions
 * are refused beyond a few bytes and otherwise dropped; trailers that would change framing, routing or identity are refused.
 */
final class BodyFraming {
    /** A chunk's size line: 16 hexadecimal digits would do; the rest is for extensions, which nobody needs. */
    static final int MAX_CHUNK_LINE = 80;

    private enum State {
        FIXED,
        CHUNK_SIZE,
        CHUNK_DATA,
        CHUNK_END,
        TRAILERS,
        DONE
    }

    private final int maxTrailerBytes;
    private final int maxFields;
    private State state;
    private long remaining;
    private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;

    BodyFraming(long length, int maxTrailerBytes, int maxFields) {
        this.maxTrailerBytes = maxTrailerBytes;
        this.maxFields = maxFields;
        this.remaining = Math.max(length, 0);
        this.state = length == RequestHead.CHUNKED ? State.CHUNK_SIZE : length == 0 ? State.DONE : State.FIXED;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    HttpHeaders trailers() {
        return trailers;
    }

    /** Bytes that are known to come; less than that of the whole body when it is chunked. */
    long remaining() {
        return remaining;
    }

    /**
     * The next part of the body, as a retained slice of {@code in}; null when {@link #isDone} or more bytes are needed.
     * Throws {@link Refusal}.
     */
    @Nullable
    ByteBuf next(ByteBuf in) {
        while (true) {
            switch (state) {
                case FIXED, CHUNK_DATA -> {
                    int length = (int) Math.min(remaining, in.readableBytes());
                    if (length == 0) {
                        return null;
                    }
                    remaining -= length;
                    if (remaining == 0) {
                        state = state == State.FIXED ? State.DONE : State.CHUNK_END;
                    }
                    return in.readRetainedSlice(length);
                }
                case CHUNK_SIZE -> {
                    if (!readChunkSize(in)) {
                        return null;
                    }
                }
                case CHUNK_END -> {
                    if (in.readableBytes() < 2) {
                        return null;
                    }
                    if (in.readByte() != '\r' || in.readByte() != '\n') {
                        throw Refusal.bad("a chunk is longer than its size");
                    }
                    state = State.CHUNK_SIZE;
                }
                case TRAILERS -> {
                    if (!readTrailers(in)) {
                        return null;
                    }
                }
                case DONE -> {
                    return null;
                }
            }
        }
    }

    private boolean readChunkSize(ByteBuf in) {
        int start = in.readerIndex();
        int lineFeed = in.indexOf(start, Math.min(in.writerIndex(), start + MAX_CHUNK_LINE), (byte) '\n');
        if (lineFeed < 0) {
            if (in.readableBytes() >= MAX_CHUNK_LINE) {
                throw Refusal.bad("a chunk's size line is too long");
            }
            return false;
        }
        if (lineFeed == start || in.getByte(lineFeed - 1) != '\r') {
            throw Refusal.bad("lines must end with CR LF");
        }
        long size = 0;
        int at = start;
        for (; at < lineFeed - 1; at++) {
            int digit = Character.digit(in.getByte(at), 16);
            if (digit < 0) {
                break;
            }
            size = size << 4 | digit;
        }
        if (at == start || at - start > 15) {
            throw Refusal.bad("a chunk's size must be 1 to 15 hexadecimal digits");
        }
        if (at < lineFeed - 1) {
            checkExtension(in, at, lineFeed - 1);
        }
        in.readerIndex(lineFeed + 1);
        remaining = size;
        state = size == 0 ? State.TRAILERS : State.CHUNK_DATA;
        return true;
    }

    private static void checkExtension(ByteBuf in, int from, int to) {
        if (in.getByte(from) != ';') {
            throw Refusal.bad("a chunk's size is followed by something else than an extension");
        }
        for (int i = from; i < to; i++) {
            byte b = in.getByte(i);
            if (b < 0x20 && b != '\t' || b == 0x7f || b == '"') {
                throw Refusal.bad("a chunk extension has a forbidden character");
            }
        }
    }

    private boolean readTrailers(ByteBuf in) {
        int start = in.readerIndex();
        int lineStart = start;
        while (true) {
            int lineFeed = in.indexOf(lineStart, in.writerIndex(), (byte) '\n');
            int length = (lineFeed < 0 ? in.writerIndex() : lineFeed + 1) - start;
            if (length > maxTrailerBytes) {
                throw new Refusal(Problem.of(ClientError.HEADERS_TOO_LARGE, "the trailer section is too large")
                        .with("limit", maxTrailerBytes));
            }
            if (lineFeed < 0) {
                return false;
            }
            if (lineFeed - lineStart == 1 && in.getByte(lineStart) == '\r') {
                if (length > 2) {
                    var bytes = new byte[length];
                    in.getBytes(start, bytes);
                    trailers = checked(RequestHead.fields(bytes, 0, length, maxFields));
                }
                in.readerIndex(lineFeed + 1);
                state = State.DONE;
                return true;
            }
            lineStart = lineFeed + 1;
        }
    }

    private static HttpHeaders checked(HttpHeaders fields) {
        for (var name : new String[] {
            "content-length", "transfer-encoding", "host", "authorization", "cookie", "connection", "upgrade", "te"
        }) {
            if (fields.contains(name)) {
                throw Refusal.bad("a trailer must not be " + name);
            }
        }
        return fields;
    }
}
