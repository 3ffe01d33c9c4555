package io.sluice.attack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** HTTP/2 frames as bytes (RFC 9113 section 4), with header fields in the plainest form of HPACK (RFC 7541 section 6.2.2). */
final class Frames {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** The client's preface and its settings: identifiers and values in turn. */
    Frames preface(int... settings) {
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var payload = new ByteArrayOutputStream();
        for (int i = 0; i < settings.length; i += 2) {
            payload.write(settings[i] >> 8);
            payload.write(settings[i]);
            number(payload, settings[i + 1]);
        }
        return frame(SETTINGS, 0, 0, payload.toByteArray());
    }

    Frames frame(int type, int flags, int stream, byte[] payload) {
        out.write(payload.length >> 16);
        out.write(payload.length >> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        number(out, stream);
        out.writeBytes(payload);
        return this;
    }

    Frames get(int stream, String path) {
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, request("GET", path));
    }

    Frames reset(int stream) {
        return frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }

    Frames window(int stream, int increment) {
        return frame(WINDOW_UPDATE, 0, stream, four(increment));
    }

    static byte[] request(String method, String path) {
        var block = new ByteArrayOutputStream();
        field(block, ":method", method);
        field(block, ":scheme", "http");
        field(block, ":authority", "x");
        field(block, ":path", path);
        return block.toByteArray();
    }

    /** A literal that is not indexed; name and value shorter than 127 bytes. */
    static void field(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        block.write(name.length());
        block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] four(int number) {
        return new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    }

    private static void number(ByteArrayOutputStream to, int number) {
        to.writeBytes(four(number));
    }

    /** What was put together since the last call. */
    byte[] take() {
        var bytes = out.toByteArray();
        out.reset();
        return bytes;
    }
}
