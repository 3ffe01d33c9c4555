package io.sluice.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that serve sockets: one {@link Loop} per core on the kernel interface that the settings name. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {
    /** From a Netty loop to ours; loops live as long as the process, so this stays as small as the number of cores. */
    private static final Map<EventExecutor, Loop> LOOPS = new ConcurrentHashMap<>();

    /** Which kernel interface moves the bytes. */
    public enum Kernel {
        /** Epoll where it is available, else NIO. */
        AUTO,
        EPOLL,
        IO_URING,
        NIO
    }

    /**
     * @param kernel which kernel interface to use; one that is not available fails the start
     * @param loops how many event loops: 1 to 1024
     */
    public record Settings(Kernel kernel, int loops) {
        public Settings() {
            this(Kernel.AUTO, Runtime.getRuntime().availableProcessors());
        }

        public Settings {
            if (loops < 1 || loops > 1024) {
                throw new IllegalArgumentException("loops: must be 1 to 1024");
            }
        }
    }

    private final Kernel kernel;
    private final EventLoopGroup group;
    private final List<Loop> loops;

    public EventLoops(Settings settings, Clock clock) {
        this.kernel =
                settings.kernel == Kernel.AUTO ? (Epoll.isAvailable() ? Kernel.EPOLL : Kernel.NIO) : settings.kernel;
        this.group = new ClosingGroup(settings.loops, io(kernel));
        var made = new ArrayList<Loop>();
        for (var executor : group) {
            var loop = new NettyLoop(made.size(), (EventLoop) executor, clock);
            LOOPS.put(executor, loop);
            made.add(loop);
        }
        this.loops = List.copyOf(made);
    }

    /** Our loop of {@code socket}'s event loop; null when that was not made here, as in embedded tests. */
    public static @Nullable Loop find(Channel socket) {
        return LOOPS.get(socket.eventLoop());
    }

    /** Our loop of {@code socket}'s event loop. */
    public static Loop of(Channel socket) {
        var loop = find(socket);
        if (loop == null) {
            throw new IllegalStateException("the socket's event loop was not made by EventLoops");
        }
        return loop;
    }

    public List<Loop> loops() {
        return loops;
    }

    /** Which kernel interface was chosen; never {@link Kernel#AUTO}. */
    public Kernel kernel() {
        return kernel;
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverSocket() {
        return switch (kernel) {
            case AUTO, NIO -> NioServerSocketChannel.class;
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
        };
    }

    /** Stops the loops within two seconds; their sockets close, and their handlers are told. Called once every listener and connection is done. */
    @Override
    public void close() {
        var stopped = group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        stopped.awaitUninterruptibly(3, TimeUnit.SECONDS);
        for (var executor : group) {
            LOOPS.remove(executor);
        }
    }

    private static IoHandlerFactory io(Kernel kernel) {
        return switch (kernel) {
            case AUTO, NIO -> NioIoHandler.newFactory();
            case EPOLL -> {
                Epoll.ensureAvailability();
                yield EpollIoHandler.newFactory();
            }
            case IO_URING -> {
                IoUring.ensureAvailability();
                yield IoUringIoHandler.newFactory();
            }
        };
    }

    private static final class ClosingGroup extends MultiThreadIoEventLoopGroup {
        ClosingGroup(int loops, IoHandlerFactory io) {
            super(loops, new DefaultThreadFactory("sluice-loop", true), io);
        }

        @Override
        protected IoEventLoop newChild(Executor executor, IoHandlerFactory io, Object... more) {
            return new ClosingLoop(this, executor, io);
        }
    }

    /**
     * Closes its sockets however it comes to end. Netty's own (4.2.18) closes them only where it knows of its end before it runs
     * a round's tasks; when it hears of it during those, its sockets stay open, no handler is told, and what they hold is lost.
     */
    private static final class ClosingLoop extends SingleThreadIoEventLoop {
        ClosingLoop(IoEventLoopGroup group, Executor executor, IoHandlerFactory io) {
            super(group, executor, io);
        }

        @Override
        protected boolean confirmShutdown() {
            if (isShuttingDown() && !isShutdown()) {
                // Sockets that were accepted and wait to be registered are among them.
                runAllTasks();
                ioHandler().prepareToDestroy();
            }
            return super.confirmShutdown();
        }
    }
}
