package io.sluice.http;

import static io.sluice.fuzz.FuzzTarget.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.fuzz.FuzzTarget;
import io.sluice.net.Loop;
import io.sluice.net.Outlet;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * The first byte says whether permessage-deflate was agreed on and in which pieces the rest comes: as one peer's frames. They mean
 * the same in any pieces, messages keep the limit, and what was read is read again from a frame that holds it.
 */
public final class WebSocketFuzz implements FuzzTarget {
    private static final int MAX_FRAME = 200;
    private static final int MAX_MESSAGE = 300;

    @Override
    public void run(byte[] input) {
        if (input.length == 0) {
            return;
        }
        boolean deflates = (input[0] & 1) != 0;
        var frames = Arrays.copyOfRange(input, 1, input.length);
        var whole = read(frames, Math.max(1, frames.length), deflates);
        var pieces = read(frames, 1 + (input[0] >> 1 & 7), deflates);

        check(whole.sameAs(pieces), whole + " in one piece, else " + pieces);
        for (var message : whole.messages) {
            check(message.bytes.length <= MAX_MESSAGE, "a message of " + message.bytes.length);
            check(!message.text || Utf8.isValid(message.bytes), "text that is not UTF-8");
            var again = read(frame(message), 3, deflates);
            check(again.messages.size() == 1 || message.bytes.length > MAX_FRAME, message + " is read as " + again);
            check(
                    again.messages.isEmpty() || again.messages.getFirst().sameAs(message),
                    message + " reads as " + again);
        }
    }

    private static Peer read(byte[] frames, int pieces, boolean deflates) {
        var peer = new Peer(deflates);
        for (int from = 0; from < frames.length; from += pieces) {
            var bytes = Unpooled.wrappedBuffer(frames, from, Math.min(pieces, frames.length - from));
            peer.bytes.accept(bytes);
            bytes.release();
        }
        peer.end();
        return peer;
    }

    private static byte[] frame(Message message) {
        int length = message.bytes.length;
        var out = new ByteArrayOutputStream();
        out.write(message.text ? 0x81 : 0x82);
        if (length < 126) {
            out.write(0x80 | length);
        } else {
            out.write(0x80 | 126);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(new byte[4]); // a mask that changes nothing
        out.writeBytes(message.bytes);
        return out.toByteArray();
    }

    private record Message(boolean text, byte[] bytes) {
        boolean sameAs(Message other) {
            return text == other.text && Arrays.equals(bytes, other.bytes);
        }

        @Override
        public String toString() {
            return (text ? "text " : "binary ") + HexFormat.of().formatHex(bytes);
        }
    }

    /** What came of one peer's frames. */
    private static final class Peer implements UpgradedConnection, Outlet, WebSocket.Listener {
        final List<Message> messages = new ArrayList<>();
        private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true);
        private final Loop loop =
                new SimulatedLoops(1, new ManualClock()).loops().getFirst();
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private Consumer<ByteBuf> bytes = ignored -> {};
        private Runnable gone = () -> {};
        private boolean closed;

        Peer(boolean deflates) {
            new WebSocket(this, new WebSocketReader.Limits(MAX_FRAME, MAX_MESSAGE, 1009), deflates, memory, this)
                    .start();
        }

        void end() {
            gone.run();
            long left = memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
            check(left == 0, left + " bytes of buffers were not given back");
        }

        boolean sameAs(Peer other) {
            boolean same = messages.size() == other.messages.size()
                    && closed == other.closed
                    && Arrays.equals(sent.toByteArray(), other.sent.toByteArray());
            for (int i = 0; same && i < messages.size(); i++) {
                same = messages.get(i).sameAs(other.messages.get(i));
            }
            return same;
        }

        @Override
        public String toString() {
            return messages + " and " + new String(sent.toByteArray(), StandardCharsets.ISO_8859_1);
        }

        @Override
        public void text(WebSocket socket, byte[] utf8) {
            messages.add(new Message(true, utf8));
        }

        @Override
        public void binary(WebSocket socket, byte[] message) {
            messages.add(new Message(false, message));
        }

        @Override
        public void writable(WebSocket socket) {
            // It always is.
        }

        @Override
        public void closed(WebSocket socket) {
            closed = true;
        }

        @Override
        public Outlet outlet() {
            return this;
        }

        @Override
        public void abused(Abuse abuse) {
            // The close frame says which.
        }

        @Override
        public void onBytes(Consumer<ByteBuf> reader) {
            bytes = reader;
        }

        @Override
        public void reading(boolean on) {
            // Nothing stops it.
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public boolean writable() {
            return !closed;
        }

        @Override
        public void write(ByteBuf frames) {
            var copy = new byte[frames.readableBytes()];
            frames.getBytes(frames.readerIndex(), copy);
            sent.writeBytes(copy);
        }

        @Override
        public void onWritable(Runnable action) {
            // It always is.
        }

        @Override
        public void onClose(Runnable action) {
            gone = action;
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public boolean isClosed() {
            return closed;
        }
    }
}
