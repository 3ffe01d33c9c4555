package io.sluice.hub.transport;

import io.netty.buffer.ByteBuf;
import io.sluice.http.WebSocketFrames;
import io.sluice.hub.wire.GraphQlWire;
import io.sluice.net.Loop;
import io.sluice.net.Outlet;

/**
 * The results of one operation as WebSocket messages: each shared unit of {@link GraphQlWire} is copied between what is this
 * operation's own. Confined to its loop.
 *
 * <p>It stands between a subscription and the socket, past the reader, the operation and the connection, which keep what happens
 * less often than a delivery.
 */
final class GraphQlFrames implements Outlet {
    private static final int MAX_HEAD = 10;

    private final byte[] before;
    private final Outlet socket;
    private final FrameBuffers buffers;

    /** @param before what stands before each result in its message; a brace stands after it */
    GraphQlFrames(byte[] before, Outlet socket, FrameBuffers buffers) {
        this.before = before;
        this.socket = socket;
        this.buffers = buffers;
    }

    @Override
    public boolean writable() {
        return socket.writable();
    }

    /** Sends each of {@code units} as a message whose result ends with {@code ending}, at least its closing brace. */
    void write(ByteBuf units, byte[] ending) {
        int around = MAX_HEAD + before.length + ending.length + 1;
        int end = units.writerIndex();
        int size = 0;
        for (int at = units.readerIndex(); at < end; at += GraphQlWire.HEAD + units.getInt(at)) {
            size += around + units.getInt(at);
        }
        var out = buffers.take(socket.loop(), size);
        for (int at = units.readerIndex(); at < end; ) {
            int length = units.getInt(at);
            WebSocketFrames.textHead(out, before.length + length + ending.length + 1);
            out.writeBytes(before);
            out.writeBytes(units, at + GraphQlWire.HEAD, length);
            out.writeBytes(ending);
            out.writeByte('}');
            at += GraphQlWire.HEAD + length;
        }
        socket.write(out);
        out.release();
    }

    @Override
    public void write(ByteBuf units) {
        write(units, GraphQlReader.END);
    }

    @Override
    public Loop loop() {
        return socket.loop();
    }

    @Override
    public void onWritable(Runnable action) {
        socket.onWritable(action);
    }

    @Override
    public void onClose(Runnable action) {
        socket.onClose(action);
    }

    @Override
    public void close() {
        socket.close();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }
}
