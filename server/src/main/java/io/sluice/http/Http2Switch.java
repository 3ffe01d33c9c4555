package io.sluice.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** How a clear-text connection that began as HTTP/1.1 becomes HTTP/2. */
final class Http2Switch {
    /** What an HTTP/2 client with prior knowledge sends first (RFC 9113 section 3.4). */
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** The answer to an upgrade (RFC 7540 section 3.2). */
    static final byte[] SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    /** What the first bytes of a connection say. */
    enum Answer {
        NO,
        NOT_YET,
        YES
    }

    private Http2Switch() {}

    static Answer startsHttp2(ByteBuf in) {
        int known = Math.min(in.readableBytes(), PREFACE.length);
        for (int i = 0; i < known; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
                return Answer.NO;
            }
        }
        return known < PREFACE.length ? Answer.NOT_YET : Answer.YES;
    }
}
