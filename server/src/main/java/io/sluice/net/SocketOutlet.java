package io.sluice.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The outgoing side of a connected socket. Confined to its loop.
 *
 * <p>Design note. A fan-out writes one shared buffer to thousands of sockets, so what a write costs around the system call
 * decides the server's capacity. Where the socket is a clear-text epoll one and nothing is pending, the bytes go straight to
 * the file descriptor by send(2), which passes fewer layers of the kernel than write(2): no promise, no queue entry, no
 * reference count. What the kernel did not take is handed to Netty
 * (retained, in order) and the outlet is not writable until that has left. Everywhere else (TLS, NIO, io_uring, embedded
 * tests) writes go through the pipeline and are flushed once per loop turn; there the socket's water marks decide.
 *
 * <p>The handler at the end of the pipeline forwards {@code channelWritabilityChanged} to {@link #writabilityChanged} and
 * {@code channelInactive} to {@link #disconnected}.
 */
public final class SocketOutlet implements Outlet {
    /** How long a closing socket may send nothing of what is pending. */
    private static final long CLOSE_SECONDS = 10;

    /** How long the peer may take to close after we have said that nothing more follows. */
    private static final long LINGER_SECONDS = 2;

    private final Channel socket;
    private final Loop loop;
    private final @Nullable Socket descriptor;
    private @Nullable Runnable resume;
    private @Nullable Runnable closed;
    private int pendingWrites;
    private boolean flushScheduled;
    private boolean closing;
    private boolean gone;

    public SocketOutlet(Channel socket, Loop loop) {
        this.socket = socket;
        this.loop = loop;
        this.descriptor =
                socket instanceof EpollSocketChannel epoll && socket.pipeline().get(SslHandler.class) == null
                        ? (Socket) epoll.fd()
                        : null;
    }

    public Channel socket() {
        return socket;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public boolean writable() {
        if (closing || gone) {
            return false;
        }
        return descriptor != null ? pendingWrites == 0 && descriptor.isOpen() : socket.isWritable();
    }

    @Override
    public void write(ByteBuf bytes) {
        if (closing || gone) {
            return;
        }
        if (descriptor == null) {
            socket.write(bytes.retainedDuplicate(), socket.voidPromise());
            flushThisTurn();
        } else if (pendingWrites > 0) {
            enqueue(bytes.retainedDuplicate());
        } else if (descriptor.isOpen()) {
            // Netty closes the descriptor some tasks before it tells us, and its number may be another peer's by then.
            writeNow(descriptor, bytes);
        }
    }

    private void writeNow(Socket target, ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (length == 0) {
            return;
        }
        int sent;
        try {
            if (bytes.hasMemoryAddress()) {
                sent = target.sendAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
            } else if (bytes.nioBufferCount() == 1) {
                var view = bytes.internalNioBuffer(bytes.readerIndex(), length);
                sent = view.isDirect() ? target.send(view, view.position(), view.limit()) : 0;
            } else {
                sent = 0;
            }
        } catch (IOException peerIsGone) {
            socket.close();
            return;
        }
        if (sent < length) {
            enqueue(bytes.retainedSlice(bytes.readerIndex() + sent, length - sent));
        }
    }

    private void enqueue(ByteBuf rest) {
        var sent = socket.writeAndFlush(rest);
        if (sent.isDone()) {
            return;
        }
        pendingWrites++;
        sent.addListener(done -> {
            pendingWrites--;
            if (pendingWrites == 0 && done.isSuccess()) {
                resumeWriter();
            }
        });
    }

    /** Done when all that was written before has left, or never will. */
    public ChannelFuture sent() {
        return descriptor != null && pendingWrites == 0
                ? socket.newSucceededFuture()
                : socket.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }

    private void flushThisTurn() {
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(() -> {
                flushScheduled = false;
                socket.flush();
            });
        }
    }

    @Override
    public void onWritable(Runnable action) {
        resume = action;
    }

    @Override
    public void onClose(Runnable action) {
        if (gone) {
            action.run();
        } else {
            closed = action;
        }
    }

    @Override
    public void close() {
        if (closing || gone) {
            return;
        }
        closing = true;
        if (descriptor != null && pendingWrites == 0) {
            linger();
            return;
        }
        var tls = socket.pipeline().get(SslHandler.class);
        if (tls != null) {
            // The last record says that the end is meant (RFC 8446 section 6.1), behind all that was written.
            socket.flush();
        }
        var sent = tls != null ? tls.closeOutbound() : socket.writeAndFlush(Unpooled.EMPTY_BUFFER);
        sent.addListener(done -> linger());
        if (!sent.isDone()) {
            closeWhenStalled(unsent());
        }
    }

    private void closeWhenStalled(long before) {
        loop.schedule(
                () -> {
                    long now = unsent();
                    if (now == before) {
                        socket.close();
                    } else if (!gone) {
                        closeWhenStalled(now);
                    }
                },
                TimeUnit.SECONDS.toNanos(CLOSE_SECONDS));
    }

    /** Bytes that were written and that the kernel has not yet taken; unchanged between two looks: the peer takes nothing. */
    public long unsent() {
        var pending = socket.unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes() - pending.currentProgress();
    }

    /**
     * Says that nothing more follows and leaves the closing to the peer, for a while: closing while it still sends would
     * answer with a reset, and a reset can destroy what we sent last, such as the reason (RFC 9112 section 9.6).
     */
    private void linger() {
        if (gone || !(socket instanceof DuplexChannel duplex) || duplex.isInputShutdown()) {
            socket.close();
            return;
        }
        if (socket.config() instanceof DuplexChannelConfig config) {
            config.setAllowHalfClosure(false);
        }
        var reads = socket.pipeline().get(FairReads.class);
        if (reads != null) {
            reads.stop();
        }
        duplex.shutdownOutput();
        socket.config().setAutoRead(true);
        loop.schedule(socket::close, TimeUnit.SECONDS.toNanos(LINGER_SECONDS));
    }

    /** Closes at once; what is pending is dropped. */
    public void abort() {
        closing = true;
        socket.close();
    }

    @Override
    public boolean isClosed() {
        return closing || gone;
    }

    /** The socket's water marks were crossed. */
    public void writabilityChanged() {
        if (descriptor == null && socket.isWritable()) {
            resumeWriter();
        }
    }

    /** The socket is closed. */
    public void disconnected() {
        if (gone) {
            return;
        }
        gone = true;
        resume = null;
        var action = closed;
        closed = null;
        if (action != null) {
            action.run();
        }
    }

    private void resumeWriter() {
        var action = resume;
        if (action != null && !closing && !gone) {
            action.run();
        }
    }
}
