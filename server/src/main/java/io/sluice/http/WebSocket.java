package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.net.Loop;
import io.sluice.net.Outlet;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of one WebSocket (RFC 6455) over an upgraded connection. Confined to its loop. Holds no buffer while no
 * frame is half read.
 *
 * <p>Frames out are complete and unmasked, made by {@link WebSocketFrames} or a wire; they are written as they are. Frames
 * in are unmasked, joined, inflated and checked here, within the reader's limits; a peer that breaks the protocol is closed
 * with the code that section 7.4.1 names.
 */
public final class WebSocket {
    private final UpgradedConnection connection;
    private final Outlet outlet;
    private final ByteBufAllocator allocator;
    private final WebSocketReader reader;
    private final Listener listener;
    private final boolean deflates;
    private boolean closeSent;
    private long heardNanos;

    /** Takes what a peer sends. Called on the loop. */
    public interface Listener {
        /** A whole text message, valid UTF-8. */
        void text(WebSocket socket, byte[] utf8);

        /** A whole binary message. */
        void binary(WebSocket socket, byte[] bytes);

        /** The outlet takes bytes again. */
        void writable(WebSocket socket);

        /** The connection is gone. Runs once; nothing follows. */
        void closed(WebSocket socket);
    }

    WebSocket(
            UpgradedConnection connection,
            WebSocketReader.Limits limits,
            boolean deflates,
            ByteBufAllocator allocator,
            Listener listener) {
        this.connection = connection;
        this.outlet = connection.outlet();
        this.allocator = allocator;
        this.listener = listener;
        this.deflates = deflates;
        this.reader = new WebSocketReader(this, limits, deflates);
        this.heardNanos = outlet.loop().clock().nanos();
    }

    /** Begins to read; called once, by whoever accepted the handshake, when the listener is ready. */
    public void start() {
        outlet.onWritable(() -> {
            reader.goOn();
            listener.writable(this);
        });
        outlet.onClose(() -> {
            reader.release();
            listener.closed(this);
        });
        connection.onBytes(bytes -> {
            heardNanos = outlet.loop().clock().nanos();
            reader.read(bytes);
        });
    }

    public Loop loop() {
        return outlet.loop();
    }

    public Outlet outlet() {
        return outlet;
    }

    /** True when permessage-deflate was agreed on. */
    public boolean deflates() {
        return deflates;
    }

    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** When the peer last sent anything, in the clock's nanoseconds. */
    public long heardNanos() {
        return heardNanos;
    }

    public boolean writable() {
        return !closeSent && outlet.writable();
    }

    /** Writes complete frames; the caller keeps its reference. Ignored once a close frame was sent. */
    public void write(ByteBuf frames) {
        if (!closeSent) {
            outlet.write(frames);
        }
    }

    /** Sends one text message. */
    public void sendText(String text) {
        send(WebSocketFrames.text(
                allocator.directBuffer(text.length() + 16),
                body -> body.writeCharSequence(text, StandardCharsets.UTF_8)));
    }

    /** Sends one message of raw bytes as text or binary; {@code payload} is not taken over. */
    public void send(boolean text, ByteBuf payload) {
        send(WebSocketFrames.frame(text ? WebSocketFrames.TEXT : WebSocketFrames.BINARY, payload, allocator));
    }

    public void ping() {
        send(WebSocketFrames.ping(allocator));
    }

    /** Begins the closing handshake from our side (RFC 6455 section 7.1.2). Idempotent. */
    public void close(int code, String reason) {
        if (!closeSent) {
            send(WebSocketFrames.close(code, reason, allocator));
            closeSent = true;
            outlet.close();
        }
    }

    /** Stops or resumes taking frames, so that a peer cannot send faster than it is served. */
    public void reading(boolean on) {
        connection.reading(on);
    }

    public boolean isClosed() {
        return outlet.isClosed();
    }

    void received(int opcode, byte[] payload) {
        switch (opcode) {
            case WebSocketFrames.TEXT -> listener.text(this, payload);
            case WebSocketFrames.BINARY -> listener.binary(this, payload);
            case WebSocketFrames.PING -> pong(payload);
            case WebSocketFrames.CLOSE -> closedByPeer(payload);
            default -> {
                // A pong: hearing it was its purpose.
            }
        }
    }

    /** Closes a peer that abuses the connection, and counts it. */
    void cut(Abuse abuse, int code, String reason) {
        connection.abused(abuse);
        close(code, reason);
    }

    boolean isClosing() {
        return closeSent || outlet.isClosed();
    }

    private void pong(byte[] payload) {
        if (outlet.writable()) {
            var copy = allocator.directBuffer(payload.length).writeBytes(payload);
            send(WebSocketFrames.frame(WebSocketFrames.PONG, copy, allocator));
            copy.release();
        }
    }

    private void closedByPeer(byte[] payload) {
        int code = WebSocketReader.closeCode(payload);
        close(code == 0 ? 1000 : code, "");
    }

    private void send(@Nullable ByteBuf frame) {
        if (frame != null) {
            write(frame);
            frame.release();
        }
    }
}
