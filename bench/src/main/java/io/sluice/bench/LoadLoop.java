package io.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The client side of every benchmark: one thread, one selector, thousands of sockets, one read buffer for all of them.
 *
 * <p>Not thread-safe: the benchmark's own thread calls {@link #poll}. Sources are spread over 127.0.1.x so that ports last.
 */
public final class LoadLoop implements AutoCloseable {
    /** How many connections may be opening at once: below the usual accept backlog. */
    private static final int MAX_OPENING = 100;

    private static final int SOURCES = 200;
    private static final long OPEN_TIMEOUT_NANOS = 60_000_000_000L;

    /** How long one that never sleeps leaves the selector alone: looking at it takes a lock that every send needs too. */
    private static final long LOOK_NANOS = 50_000;

    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(LoadSocket.MAX_CARRY * 2);
    private final Set<Timed> timed = new LinkedHashSet<>();
    private final boolean spins;
    private int nextSource;
    private long closedByPeer;
    private long lookedNanos;
    private @Nullable IOException lastFailure;

    public LoadLoop() throws IOException {
        this(false);
    }

    /** @param spins whether it looks for what is ready again and again and never sleeps: then no server pays for waking it */
    public LoadLoop(boolean spins) throws IOException {
        this.spins = spins;
    }

    /** A dialect that also does something when time has passed. */
    interface Timed {
        /** Once per turn of the loop. */
        void turn(long nowNanos) throws IOException;
    }

    /** Opens {@code count} connections and returns when each has had its protocol's answer, or fails. */
    public List<LoadSocket> open(int count, InetSocketAddress server, Dialect dialect) throws IOException {
        var sockets = new ArrayList<LoadSocket>(count);
        long deadline = System.nanoTime() + OPEN_TIMEOUT_NANOS;
        int opened = 0;
        while (opened < count) {
            while (sockets.size() < count && sockets.size() - opened < MAX_OPENING) {
                sockets.add(connect(server, dialect));
            }
            poll(1_000_000);
            while (opened < sockets.size() && sockets.get(opened).open) {
                opened++;
            }
            if (System.nanoTime() > deadline || (opened < sockets.size() && sockets.get(opened).closed)) {
                throw new IOException(opened + " of " + count + " connections opened", lastFailure);
            }
        }
        return sockets;
    }

    /** Begins to connect; what fails is seen as {@link LoadSocket#closed}. */
    public LoadSocket connect(InetSocketAddress server, Dialect dialect) throws IOException {
        return connect(server, dialect, null);
    }

    /** Begins to connect for the reader that {@code before}, which is closed, was for: with its cursor and its count. */
    public LoadSocket connect(InetSocketAddress server, Dialect dialect, @Nullable LoadSocket before)
            throws IOException {
        var channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.bind(new InetSocketAddress(
                InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + nextSource++ % SOURCES)}), 0));
        var socket = new LoadSocket(channel, dialect);
        if (before != null) {
            socket.cursor = before.cursor;
            socket.lastSequence = before.lastSequence;
        }
        if (dialect instanceof Timed timed) {
            this.timed.add(timed);
        }
        boolean connected = channel.connect(server);
        socket.key = channel.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, socket);
        if (connected) {
            socket.send(dialect.opening(socket));
        }
        return socket;
    }

    /** Serves sockets until {@code done} or {@code timeoutNanos} have passed; true when done. */
    public boolean await(long timeoutNanos, BooleanSupplier done) throws IOException {
        long deadline = System.nanoTime() + timeoutNanos;
        while (!done.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            poll(Math.min(left, 10_000_000));
        }
        return true;
    }

    /** Serves what is ready; waits for at most {@code timeoutNanos}, without sleeping when it spins or when that is under a millisecond. */
    public void poll(long timeoutNanos) throws IOException {
        for (var each : timed) {
            each.turn(System.nanoTime());
        }
        while (spins && System.nanoTime() - lookedNanos < LOOK_NANOS) {
            Thread.onSpinWait();
        }
        lookedNanos = System.nanoTime();
        if (spins || timeoutNanos < 1_000_000) {
            selector.selectNow(this::serve);
        } else {
            selector.select(this::serve, timeoutNanos / 1_000_000);
        }
    }

    /** Connections that the server or an error ended. */
    public long closedByPeer() {
        return closedByPeer;
    }

    /** Why the last of them ended. */
    @Nullable
    public IOException lastFailure() {
        return lastFailure;
    }

    private void serve(SelectionKey key) {
        var socket = (LoadSocket) key.attachment();
        try {
            if (key.isConnectable()) {
                socket.channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                socket.send(socket.dialect.opening(socket));
            }
            if (key.isValid() && key.isWritable()) {
                socket.drainUnsent();
            }
            if (key.isValid() && key.isReadable()) {
                read(socket);
            }
        } catch (IOException failed) {
            lastFailure = failed;
            closedByPeer++;
            socket.close();
        }
    }

    private void read(LoadSocket socket) throws IOException {
        in.clear();
        in.put(socket.carry);
        int n = socket.channel.read(in);
        if (n < 0) {
            throw new IOException("closed by the server");
        }
        if (n == 0) {
            return;
        }
        socket.bytesIn += n;
        int limit = in.position();
        int consumed = socket.dialect.read(socket, in, 0, limit, System.nanoTime());
        if (consumed == limit) {
            if (socket.carry.length > 0) {
                socket.carry = new byte[0];
            }
        } else {
            if (limit - consumed > LoadSocket.MAX_CARRY) {
                throw new IOException("a unit of more than " + LoadSocket.MAX_CARRY + " bytes");
            }
            socket.carry = new byte[limit - consumed];
            in.get(consumed, socket.carry);
        }
    }

    @Override
    public void close() throws IOException {
        for (var key : List.copyOf(selector.keys())) {
            ((LoadSocket) key.attachment()).close();
        }
        selector.close();
    }
}
