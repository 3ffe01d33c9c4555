package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.ByteArrayOutputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's frames (RFC 6455 section 5) into whole messages. Confined to the socket's loop.
 *
 * <p>Bounds: {@link Limits}, and 125 bytes for a control frame; a frame that announces more is refused before its payload is
 * kept. A message may come in {@value #FREE_FRAGMENTS} fragments and one more for each {@value #BYTES_PER_FRAGMENT} bytes of
 * it; control frames may come at {@value #CONTROLS_PER_SECOND} a second, that many at once. Beyond: closed with 1008.
 */
final class WebSocketReader {
    private static final int FREE_FRAGMENTS = 256;
    private static final int BYTES_PER_FRAGMENT = 32;
    private static final int CONTROLS_PER_SECOND = 100;
    private static final int POLICY_VIOLATION = 1008;

    private static final byte[] EMPTY = {};
    private static final byte[] DEFLATE_TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
    private static final FastThreadLocal<Inflater> INFLATER = new FastThreadLocal<>() {
        @Override
        protected Inflater initialValue() {
            return new Inflater(true);
        }

        @Override
        protected void onRemoval(Inflater inflater) {
            inflater.end();
        }
    };

    private final WebSocket socket;
    private final Limits limits;
    private final boolean inflates;
    private int fragmentCount;
    private int controlCount;
    private long controlSecond;
    private @Nullable ByteBuf pending;
    private @Nullable ByteArrayOutputStream fragments;
    private int messageOpcode;
    private boolean messageCompressed;

    /**
     * What is taken from a client.
     *
     * @param maxFrame bytes of a data frame's payload
     * @param maxMessage bytes of a message, inflated
     * @param tooLargeCode the close code beyond either
     */
    record Limits(int maxFrame, int maxMessage, int tooLargeCode) {}

    WebSocketReader(WebSocket socket, Limits limits, boolean inflates) {
        this.socket = socket;
        this.limits = limits;
        this.inflates = inflates;
    }

    /** Takes the next bytes of the stream; does not keep {@code bytes}. */
    void read(ByteBuf bytes) {
        if (socket.isClosing()) {
            bytes.skipBytes(bytes.readableBytes());
            return;
        }
        if (pending == null) {
            readFrames(bytes);
            if (bytes.isReadable() && !socket.isClosing()) {
                pending = socket.allocator().directBuffer(bytes.readableBytes()).writeBytes(bytes);
            }
            return;
        }
        var joined = pending.writeBytes(bytes);
        readFrames(joined);
        settle(joined);
    }

    private void settle(ByteBuf joined) {
        if (socket.isClosing()) {
            release();
        } else if (!joined.isReadable()) {
            // The fragments of a message that goes on stay.
            releasePending();
        } else {
            joined.discardSomeReadBytes();
        }
    }

    /** Takes the frames that came while the peer took nothing. */
    void goOn() {
        var waiting = pending;
        if (waiting != null && !socket.isClosing()) {
            readFrames(waiting);
            settle(waiting);
        }
    }

    void release() {
        releasePending();
        fragments = null;
    }

    private void releasePending() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    /** The code of a close frame's payload, 0 when there is none. */
    static int closeCode(byte[] payload) {
        return payload.length < 2 ? 0 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    }

    /** Stops where the peer takes nothing of what it was answered: it asks for no more until it does. */
    private void readFrames(ByteBuf in) {
        while (!socket.isClosing() && socket.writable() && readFrame(in)) {
            // The next one.
        }
    }

    /** Reads one frame if it is complete; false when it is not, or the stream is broken. */
    private boolean readFrame(ByteBuf in) {
        int available = in.readableBytes();
        if (available < 2) {
            return false;
        }
        int start = in.readerIndex();
        int first = in.getByte(start) & 0xff;
        int second = in.getByte(start + 1) & 0xff;
        int opcode = first & 0x0f;
        boolean last = (first & 0x80) != 0;
        var broken = brokenHeader(first, second, opcode, last);
        if (broken != null) {
            return fail(1002, broken);
        }
        int lengthCode = second & 0x7f;
        int headerLength = 6 + (lengthCode == 126 ? 2 : lengthCode == 127 ? 8 : 0);
        if (available < headerLength) {
            return false;
        }
        long length = switch (lengthCode) {
            case 126 -> in.getUnsignedShort(start + 2);
            case 127 -> in.getLong(start + 2);
            default -> lengthCode;
        };
        long joined = fragments == null ? length : length + fragments.size();
        if (length < 0 || (opcode < 8 && (length > limits.maxFrame || joined > limits.maxMessage))) {
            return tooLarge(length > limits.maxFrame ? limits.maxFrame : limits.maxMessage);
        }
        if (available < headerLength + length) {
            return false;
        }
        int mask = in.getInt(start + headerLength - 4);
        var payload = length == 0 ? EMPTY : new byte[(int) length];
        in.getBytes(start + headerLength, payload);
        unmask(payload, mask);
        in.readerIndex(start + headerLength + (int) length);
        return opcode >= 8 ? control(opcode, payload) : data(first, opcode, last, payload);
    }

    private @Nullable String brokenHeader(int first, int second, int opcode, boolean last) {
        boolean compressed = (first & 0x40) != 0;
        if ((first & 0x30) != 0 || (compressed && (!inflates || opcode == 0 || opcode >= 8))) {
            return "reserved bit set";
        }
        if ((second & 0x80) == 0) {
            return "frame is not masked";
        }
        if (opcode >= 8) {
            return !last || (second & 0x7f) > 125 || opcode > 10 ? "bad control frame" : null;
        }
        if (opcode > 2) {
            return "unknown opcode";
        }
        return (opcode == 0) == (fragments == null) ? "fragment out of place" : null;
    }

    private boolean control(int opcode, byte[] payload) {
        if (isControlFlood()) {
            socket.cut(Abuse.WEBSOCKET_PING_FLOOD, POLICY_VIOLATION, "too many control frames");
            return false;
        }
        if (opcode == WebSocketFrames.CLOSE && !isValidClose(payload)) {
            return fail(1002, "bad close frame");
        }
        if (opcode == WebSocketFrames.CLOSE && payload.length > 2 && !Utf8.isValid(payload, 2)) {
            return fail(1007, "close reason is not UTF-8");
        }
        socket.received(opcode, payload);
        return true;
    }

    private boolean data(int first, int opcode, boolean last, byte[] payload) {
        if (opcode != 0) {
            messageOpcode = opcode;
            messageCompressed = (first & 0x40) != 0;
            fragmentCount = 0;
        }
        int before = fragments == null ? 0 : fragments.size();
        if (++fragmentCount > FREE_FRAGMENTS + (before + payload.length) / BYTES_PER_FRAGMENT) {
            socket.cut(Abuse.WEBSOCKET_FRAGMENT_FLOOD, POLICY_VIOLATION, "too many fragments");
            return false;
        }
        if (!last) {
            if (fragments == null) {
                fragments = new ByteArrayOutputStream(payload.length + 64);
            }
            fragments.writeBytes(payload);
            return true;
        }
        var whole = payload;
        if (fragments != null) {
            fragments.writeBytes(payload);
            whole = fragments.toByteArray();
            fragments = null;
        }
        if (messageCompressed) {
            var inflated = inflate(whole);
            if (inflated == null) {
                return false;
            }
            whole = inflated;
        }
        if (messageOpcode == WebSocketFrames.TEXT && !Utf8.isValid(whole, 0)) {
            return fail(1007, "text is not UTF-8");
        }
        socket.received(messageOpcode, whole);
        return true;
    }

    private byte @Nullable [] inflate(byte[] compressed) {
        var inflater = INFLATER.get();
        inflater.reset();
        var out = new ByteArrayOutputStream(Math.min(limits.maxMessage, compressed.length * 4 + 64));
        var part = new byte[Math.min(8192, limits.maxMessage + 1)];
        try {
            inflater.setInput(compressed);
            boolean tail = false;
            while (true) {
                int n = inflater.inflate(part);
                out.write(part, 0, n);
                if (out.size() > limits.maxMessage) {
                    tooLarge(limits.maxMessage);
                    return null;
                }
                if (n == 0 && inflater.finished()) {
                    return out.toByteArray();
                }
                if (n == 0 && inflater.needsInput()) {
                    if (tail) {
                        return out.toByteArray();
                    }
                    tail = true;
                    inflater.setInput(DEFLATE_TAIL);
                } else if (n == 0) {
                    fail(1007, "bad compression");
                    return null;
                }
            }
        } catch (DataFormatException notDeflated) {
            fail(1007, "bad compression");
            return null;
        }
    }

    /** Counts within whole seconds: at a second's turn twice as many may pass, which is still no flood. */
    private boolean isControlFlood() {
        long second = Math.floorDiv(socket.heardNanos(), 1_000_000_000L);
        if (second != controlSecond) {
            controlSecond = second;
            controlCount = 0;
        }
        return ++controlCount > CONTROLS_PER_SECOND;
    }

    private boolean tooLarge(int limit) {
        socket.cut(Abuse.WEBSOCKET_TOO_LARGE, limits.tooLargeCode, "more than " + limit + " bytes");
        return false;
    }

    private boolean fail(int code, String reason) {
        socket.close(code, reason);
        return false;
    }

    private static void unmask(byte[] payload, int mask) {
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= (byte) (mask >>> (24 - 8 * (i & 3)));
        }
    }

    /** RFC 6455 section 7.4: which codes may appear on the wire. */
    private static boolean isValidClose(byte[] payload) {
        if (payload.length == 0) {
            return true;
        }
        int code = closeCode(payload);
        return (code >= 3000 && code <= 4999)
                || (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006);
    }
}
