package io.sluice.client;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Reads and writes frames as a client does (RFC 6455 section 5), without extensions. Fragments are put together; control frames
 * between them come out as they are. Reading is for one thread.
 */
final class WebSocketFrames {
    static final int TEXT = 1;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    /** RFC 6455 section 7.4.1. */
    static final int NORMAL = 1000;

    static final int PROTOCOL_ERROR = 1002;
    static final int NOT_ACCEPTABLE = 1003;
    static final int INVALID_DATA = 1007;
    static final int TOO_BIG = 1009;

    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int MAX_CONTROL_BYTES = 125;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final DataInputStream input;
    private final int maxBytes;
    private byte[] parts = {};
    private boolean inMessage;

    /** @param maxBytes how long a message may be */
    WebSocketFrames(InputStream input, int maxBytes) {
        this.input = new DataInputStream(input);
        this.maxBytes = maxBytes;
    }

    /** A message, or a control frame. */
    record Message(int opcode, byte[] payload) {
        String text() throws Invalid {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(payload))
                        .toString();
            } catch (CharacterCodingException wrong) {
                throw new Invalid(INVALID_DATA, "text that is not UTF-8");
            }
        }
    }

    /** The peer breaks the protocol; {@link #code()} is what it is to be told. */
    static final class Invalid extends IOException {
        private static final long serialVersionUID = 1L;

        private final int code;

        Invalid(int code, String message) {
            super(message);
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** The next; blocks. Throws {@link EOFException} at the end of the stream. */
    Message next() throws IOException {
        while (true) {
            int first = input.readUnsignedByte();
            int second = input.readUnsignedByte();
            boolean last = (first & 0x80) != 0;
            int opcode = first & 0x0f;
            if ((first & 0x70) != 0 || (second & 0x80) != 0) {
                throw new Invalid(PROTOCOL_ERROR, "a frame with reserved bits or a mask");
            }
            int length = length(second, opcode, last);
            if (opcode >= CLOSE) {
                return new Message(opcode, bytes(length));
            }
            append(length);
            inMessage = !last;
            if (last) {
                var whole = new Message(TEXT, parts);
                parts = new byte[0];
                return whole;
            }
        }
    }

    private int length(int second, int opcode, boolean last) throws IOException {
        long length = second & 0x7f;
        if (opcode >= CLOSE) {
            if (!last || length > MAX_CONTROL_BYTES || opcode > PONG) {
                throw new Invalid(PROTOCOL_ERROR, "a control frame that is none");
            }
            return (int) length;
        }
        if (opcode == BINARY) {
            throw new Invalid(NOT_ACCEPTABLE, "a binary message");
        }
        if (opcode != TEXT && opcode != CONTINUATION || (opcode == CONTINUATION) != inMessage) {
            throw new Invalid(PROTOCOL_ERROR, "a frame out of place");
        }
        length = length == 126 ? input.readUnsignedShort() : length == 127 ? input.readLong() : length;
        if (length < 0 || length > maxBytes - parts.length) {
            throw new Invalid(TOO_BIG, "a message longer than " + maxBytes + " bytes");
        }
        return (int) length;
    }

    private void append(int length) throws IOException {
        if (parts.length == 0) {
            parts = bytes(length);
        } else {
            var fragment = bytes(length);
            int before = parts.length;
            parts = Arrays.copyOf(parts, before + length);
            System.arraycopy(fragment, 0, parts, before, length);
        }
    }

    /** Grows with what has come, so that a length which is a lie costs no memory. */
    private byte[] bytes(int length) throws IOException {
        var bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    /** One whole frame with its mask (RFC 6455 section 5.3). */
    static byte[] encoded(int opcode, byte[] payload) {
        int extra = payload.length < 126 ? 0 : payload.length < 1 << 16 ? 2 : 8;
        var frame = ByteBuffer.allocate(2 + extra + 4 + payload.length);
        frame.put((byte) (0x80 | opcode));
        switch (extra) {
            case 0 -> frame.put((byte) (0x80 | payload.length));
            case 2 -> frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
            default -> frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        var mask = new byte[4];
        RANDOM.nextBytes(mask);
        frame.put(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ mask[i & 3]));
        }
        return frame.array();
    }

    /** What a close frame holds. */
    static byte[] closing(int code) {
        return new byte[] {(byte) (code >> 8), (byte) code};
    }
}
