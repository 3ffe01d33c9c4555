package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** How one protocol opens a connection and is read. One object serves all sockets of one server. */
public interface Dialect {
    /** What the client sends first; {@code socket} knows its cursor when it comes back. */
    ByteBuffer opening(LoadSocket socket);

    /**
     * Consumes the whole units between {@code from} and {@code limit} and returns where the first incomplete one begins. Runs
     * once per read of a socket: {@code nowNanos} is when its bytes were there.
     */
    int read(LoadSocket socket, ByteBuffer bytes, int from, int limit, long nowNanos) throws IOException;

    /** Text as it goes on the wire. */
    static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** End of an HTTP head that begins at {@code from}: the offset behind the empty line, or -1. */
    static int endOfHead(ByteBuffer bytes, int from, int limit) {
        for (int i = from; i + 4 <= limit; i++) {
            if (bytes.getInt(i) == 0x0d0a0d0a) {
                return i + 4;
            }
        }
        return -1;
    }
}
