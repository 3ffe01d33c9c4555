package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the DATA frames of streaming responses on one HTTP/2 connection (RFC 9113 section 6.1). Confined to its loop.
 *
 * <p>Design note. The codec takes a frame object, a promise, a queue entry and a share of its distributor for each frame, which
 * is most of what a delivery to one of many streams costs. Here a frame that both windows have room for is nine bytes of head
 * and a copy of the payload in one buffer per connection and turn; the windows stay the codec's, and are debited there. What
 * finds no room goes through the codec, which keeps it until there is.
 *
 * <p>It stands between the codec and the socket: whatever the codec writes lets out first what was gathered before it, so that
 * frames leave in the order in which they were written, and a stream's end or reset always comes behind its data.
 */
final class Http2DataWriter extends ChannelOutboundHandlerAdapter {
    private static final int HEAD = 9;
    /** What every peer takes (RFC 9113 section 4.2). */
    private static final int MAX_FRAME = 16_384;
    /** A larger payload leaves as a slice of its own; copying less is cheaper than one more entry for the kernel. */
    private static final int MAX_COPY = 4_096;
    /** The least and the most that is gathered before it is handed to the socket. */
    private static final int MIN_BUFFER = 2 << 10;

    private static final int MAX_BUFFER = 64 << 10;

    private final Http2Connection connection;
    private final Http2RemoteFlowController windows;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf gathered;
    private int expected = MIN_BUFFER;

    Http2DataWriter(Http2Connection connection) {
        this.connection = connection;
        this.windows = connection.remote().flowController();
    }

    /**
     * Sends {@code bytes} as DATA on {@code stream}, whose response head was written; the caller keeps its reference. False, and
     * nothing done, when a window has no room for all of it, when earlier data still waits for one, or when the stream is over.
     */
    boolean write(Http2Stream stream, ByteBuf bytes) {
        int length = bytes.readableBytes();
        var whole = connection.connectionStream();
        if (windows.windowSize(stream) < length
                || windows.windowSize(whole) < length
                || windows.hasFlowControlled(stream)
                || !stream.state().localSideOpen()) {
            return false;
        }
        try {
            windows.incrementWindowSize(whole, -length);
            windows.incrementWindowSize(stream, -length);
        } catch (Http2Exception onlyThrownWhenAWindowGrows) {
            throw new IllegalStateException(onlyThrownWhenAWindowGrows);
        }
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            int part = Math.min(end - at, MAX_FRAME);
            frame(stream.id(), bytes, at, part);
            at += part;
        }
        return true;
    }

    private void frame(int stream, ByteBuf bytes, int from, int length) {
        boolean copied = length <= MAX_COPY;
        var out = room(HEAD + (copied ? length : 0));
        // Length, type DATA, no flags, stream: RFC 9113 section 4.1.
        out.writeInt(length << 8).writeByte(0).writeInt(stream);
        if (copied) {
            out.writeBytes(bytes, from, length);
        } else {
            letOut();
            var ctx = Objects.requireNonNull(context);
            ctx.write(bytes.retainedSlice(from, length), ctx.voidPromise());
        }
    }

    private ByteBuf room(int length) {
        var out = gathered;
        if (out != null && out.capacity() - out.writerIndex() < length) {
            letOut();
            expected = Math.min(MAX_BUFFER, 2 * expected);
            out = null;
        }
        if (out == null) {
            out = Objects.requireNonNull(context).alloc().directBuffer(Math.max(expected, length));
            gathered = out;
        }
        return out;
    }

    /** Hands what was gathered to the socket. */
    private void letOut() {
        var out = gathered;
        if (out != null) {
            gathered = null;
            // The next turn is usually like this one, or a little larger.
            int used = out.readableBytes();
            expected = Math.clamp(Math.max(used + used / 4, expected - expected / 8), MIN_BUFFER, MAX_BUFFER);
            var ctx = Objects.requireNonNull(context);
            ctx.write(out, ctx.voidPromise());
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        var left = gathered;
        gathered = null;
        if (left != null) {
            left.release();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        letOut();
        ctx.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        letOut();
        ctx.flush();
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        letOut();
        ctx.close(promise);
    }
}
