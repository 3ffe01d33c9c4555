package io.sluice.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A bound address that accepts TCP connections. Thread-safe. */
public final class Listener implements AutoCloseable {
    /** Connections that the kernel completes before we accept them; beyond it clients wait for a retry. */
    private static final int BACKLOG = 4096;

    /** How long sent bytes may stay unacknowledged before the kernel gives the peer up (RFC 5482): it has vanished. */
    private static final int UNACKNOWLEDGED_MILLIS = 45_000;

    private final Channel socket;

    private Listener(Channel socket) {
        this.socket = socket;
    }

    /**
     * Binds {@code address}; port 0 takes a free one. Each accepted socket gets its handlers from {@code pipeline}, which
     * also starts reading: sockets do not read by themselves.
     */
    public static Listener bind(
            EventLoops loops, InetSocketAddress address, ChannelInitializer<? extends Channel> pipeline)
            throws IOException {
        // One read per turn and small buffers: a connection never holds memory for bytes that nobody asked for.
        var receive = new AdaptiveRecvByteBufAllocator(512, 2048, 65536);
        receive.maxMessagesPerRead(1);
        var bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverSocket())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, receive)
                .childHandler(pipeline);
        if (loops.kernel() == EventLoops.Kernel.EPOLL) {
            bootstrap.childOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLIS);
        }
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new Listener(bound.channel());
    }

    /** The real address, with the real port. */
    public InetSocketAddress address() {
        return (InetSocketAddress) socket.localAddress();
    }

    public int port() {
        return address().getPort();
    }

    /** Stops accepting; accepted connections go on. Idempotent. */
    @Override
    public void close() {
        socket.close().awaitUninterruptibly();
    }
}
