package io.sluice.http;

import io.netty.buffer.ByteBuf;

/** Looks for the end of a request head without reading a byte twice, however slowly it comes, and holds it to its limits. */
final class HeadScan {
    /** Whether the time limit of this head has begun. */
    boolean timed;

    private int scanned;
    private int lineStart;
    private boolean firstLineSeen;
    private boolean emptyLineForgiven;

    void reset() {
        timed = false;
        scanned = 0;
        lineStart = 0;
        firstLineSeen = false;
        emptyLineForgiven = false;
    }

    /** The length of the head at the reader index; -1 while it is not complete. Throws {@link Refusal}. */
    int headLength(ByteBuf in, HttpSettings limits) {
        if (scanned == 0 && !firstLineSeen) {
            if (mayBeEmptyLine(in)) {
                return -1;
            }
            if (in.isReadable() && !startsRequest(in.getByte(in.readerIndex()))) {
                throw Refusal.bad("this is not HTTP/1.1");
            }
        }
        int start = in.readerIndex();
        int end = in.writerIndex();
        while (true) {
            int lineFeed = in.indexOf(start + scanned, end, (byte) '\n');
            int soFar = (lineFeed < 0 ? end : lineFeed + 1) - start;
            if (!firstLineSeen && soFar > limits.maxRequestLine()) {
                throw new Refusal(Problem.of(ClientError.URI_TOO_LONG, "the request line is too long")
                        .with("limit", limits.maxRequestLine()));
            }
            if (soFar > limits.maxHeaderBytes() + limits.maxRequestLine()) {
                throw new Refusal(Problem.of(ClientError.HEADERS_TOO_LARGE, "the header fields are too large")
                        .with("limit", limits.maxHeaderBytes()));
            }
            if (lineFeed < 0) {
                scanned = end - start;
                return -1;
            }
            int lineEnd = lineFeed - start;
            if (lineEnd == lineStart || in.getByte(lineFeed - 1) != '\r') {
                throw Refusal.bad("lines must end with CR LF");
            }
            if (firstLineSeen && lineEnd == lineStart + 1) {
                return lineEnd + 1;
            }
            firstLineSeen = true;
            scanned = lineEnd + 1;
            lineStart = scanned;
        }
    }

    /**
     * Skips one empty line, which is forgiven before a request (RFC 9112 section 2.2). True while only the next byte can tell
     * whether there is one.
     */
    private boolean mayBeEmptyLine(ByteBuf in) {
        if (emptyLineForgiven || !in.isReadable() || in.getByte(in.readerIndex()) != '\r') {
            return false;
        }
        if (in.readableBytes() == 1) {
            return true;
        }
        if (in.getByte(in.readerIndex() + 1) == '\n') {
            in.skipBytes(2);
            emptyLineForgiven = true;
        }
        return false;
    }

    private static boolean startsRequest(byte b) {
        return b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z';
    }
}
