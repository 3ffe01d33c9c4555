package io.sluice.http;

import io.sluice.testkit.RawClient;
import java.nio.charset.StandardCharsets;

/** HTTP/2 frames by hand (RFC 9113 section 4), for what no client does or shows. One character per byte. */
final class Http2Wire implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;

    static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    /** :scheme http, :path / from the static table; :authority x as a literal. */
    private static final String TO_THE_ROOT = "\u0086\u0084\u0001\u0001x";

    private final RawClient client;
    private final StringBuilder unsent = new StringBuilder(PREFACE);

    /** A frame as it came. {@code error}: the code that RST_STREAM and GOAWAY end with. */
    record Frame(int type, int stream, String payload) {
        int error() {
            return number(payload, type == GOAWAY ? 4 : 0);
        }
    }

    Http2Wire(TestServer server) {
        client = server.connect();
        add(SETTINGS, 0, 0, "");
    }

    /** A request without a body. */
    Http2Wire get(int stream) {
        return add(HEADERS, END_STREAM | END_HEADERS, stream, "\u0082" + TO_THE_ROOT);
    }

    /** The head of a request whose body comes later. */
    Http2Wire post(int stream) {
        return add(HEADERS, END_HEADERS, stream, "\u0083" + TO_THE_ROOT);
    }

    Http2Wire trailers(int stream) {
        return add(HEADERS, END_STREAM | END_HEADERS, stream, "\0\u0001t\u0001v");
    }

    Http2Wire add(int type, int flags, int stream, String payload) {
        unsent.append('\0')
                .append((char) (payload.length() >> 8))
                .append((char) (payload.length() & 0xff))
                .append((char) type)
                .append((char) flags)
                .append(number(stream))
                .append(payload);
        return this;
    }

    /** Sends what was added, in one piece. */
    Http2Wire send() {
        client.send(unsent.toString().getBytes(StandardCharsets.ISO_8859_1));
        unsent.setLength(0);
        return this;
    }

    /** The next frame of {@code type}; others are passed over. */
    Frame next(int type) {
        while (true) {
            var head = client.read(9);
            var payload = client.read(head.charAt(0) << 16 | head.charAt(1) << 8 | head.charAt(2));
            if (head.charAt(3) == type) {
                return new Frame(type, number(head, 5), payload);
            }
        }
    }

    /** Reads until the server has ended the connection. */
    void awaitEnd() {
        client.readToEnd();
    }

    static String number(int value) {
        return "" + (char) (value >>> 24) + (char) (value >> 16 & 0xff) + (char) (value >> 8 & 0xff)
                + (char) (value & 0xff);
    }

    private static int number(String in, int at) {
        return in.charAt(at) << 24 | in.charAt(at + 1) << 16 | in.charAt(at + 2) << 8 | in.charAt(at + 3);
    }

    @Override
    public void close() {
        client.close();
    }
}
