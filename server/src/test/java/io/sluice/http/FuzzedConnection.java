package io.sluice.http;

import static io.sluice.fuzz.FuzzTarget.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalServerChannel;
import io.sluice.net.FairReads;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/**
 * One clear-text connection of an HTTP server without a socket or a thread, whose buffers are counted. Close it: then every buffer
 * must have been given back.
 */
public final class FuzzedConnection implements AutoCloseable {
    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.ofLiteral("203.0.113.7"), 4711);

    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true);
    private final Random order = new Random(1);
    /** Longer than who is refused again and again waits for its next read. */
    private static final Duration BETWEEN_PIECES = Duration.ofMillis(2);

    private final SimulatedLoops loops;
    private final ManualClock clock;
    private final Socket socket = new Socket();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    public FuzzedConnection(HttpRoutes routes, HttpSettings settings, SimulatedLoops loops, ManualClock clock) {
        this.loops = loops;
        this.clock = clock;
        var loop = loops.loops().getFirst();
        var server = new HttpServer(routes, settings, clock, ExchangeObserver.NONE, null);
        var state = new LoopState(loop, settings);
        socket.config().setAllocator(memory);
        socket.config().setAutoRead(false);
        socket.pipeline().addLast(new FairReads(state.turns));
        socket.pipeline().addLast(new Http1Connection(server, state, socket));
    }

    /** The connection's buffers. */
    public ByteBufAllocator memory() {
        return memory;
    }

    /** Bytes arrive in pieces of so many, each after everything before it was done. */
    public void receive(byte[] bytes, int pieces) {
        for (int from = 0; from < bytes.length && socket.isOpen(); from += pieces) {
            var piece = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + pieces));
            var buffer = memory.directBuffer(piece.length).writeBytes(piece);
            loops.loops().getFirst().execute(() -> socket.writeInbound(buffer));
            settle();
            clock.advance(BETWEEN_PIECES);
            settle();
        }
    }

    /** Everything that is due happens. */
    public void settle() {
        do {
            loops.runAll(order);
            socket.runPendingTasks();
        } while (loops.runOne(order));
        for (ByteBuf out = socket.readOutbound(); out != null; out = socket.readOutbound()) {
            var bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            out.release();
            sent.writeBytes(bytes);
        }
        socket.checkException();
    }

    /** What has left so far. */
    public byte[] sent() {
        return sent.toByteArray();
    }

    boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() {
        // As a peer that is gone closes it: nobody waits for what is under way.
        loops.loops().getFirst().execute(() -> socket.unsafe().close(socket.newPromise()));
        settle();
        socket.releaseInbound();
        settle();
        long left = memory.metric().usedDirectMemory() + memory.metric().usedHeapMemory();
        check(left == 0, left + " bytes of buffers were not given back");
    }

    private static final class Socket extends EmbeddedChannel {
        private final Channel listener = new LocalServerChannel();

        /** By this Netty's HTTP/2 tells a server's connections. */
        @Override
        public Channel parent() {
            return listener;
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return PEER;
        }
    }
}
