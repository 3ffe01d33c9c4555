package io.sluice.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets no socket hold its loop: what came at once is handed on in slices until they have taken {@link #TURN_NANOS}, and the rest
 * waits in {@link ReadTurns} until the others have had their turn. Confined to its loop. Stands behind TLS and before everything
 * else.
 *
 * <p>Design note. One read brings up to 64 KiB, and that may be a thousand requests. What a byte costs is learned from the slices
 * before it, so that uploads pass in large pieces and floods in small ones; no count of frames or requests is needed, and whatever
 * makes a peer expensive (resets, refusals, handshakes, signatures) is bounded by what it costs. While bytes wait here, nothing
 * more is read: the peer's kernel holds it back. A socket that had to wait does so again, while others do: so a hundred
 * connections that flood get no more of the loop than one.
 *
 * <p>A peer that is refused again and again, and goes on, waits longer ({@link ReadTurns#ofRefused}): its loop is to sleep in between, since
 * one that never sleeps waits whole time slices for the CPU, and everybody on it with it.
 *
 * <p>Sockets do not read by themselves ({@code AUTO_READ} is off): a slice is handed on for each read that is asked for. The end of the
 * peer's direction is told behind its last byte. Half-closed sockets are allowed on all of them; those whose protocol knows none are closed here.
 */
public final class FairReads extends ChannelDuplexHandler {
    /** What the bytes of one socket take of its loop at once. */
    private static final long TURN_NANOS = 100_000;
    /** How long after it had to wait a socket gets no turn out of line. */
    private static final long REST_NANOS = 50_000_000;

    private static final int LEAST_SLICE = 256;
    private static final int LARGEST_SLICE = 16 << 10;
    private static final long FIRST_SLICE = 1 << 10;
    /** As many refusals in a row are nobody's mistake. */
    private static final int REFUSALS = 20;

    private final ReadTurns turns;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(2);
    private @Nullable ChannelHandlerContext context;
    private double nanosPerByte = (double) TURN_NANOS / FIRST_SLICE;
    private long waitedNanos;
    private boolean waitedBefore;
    private int refusals;
    private boolean wanted;
    private boolean inTurn;
    private boolean inLine;
    private boolean halfClosure;
    private boolean ended;
    private boolean stopped;

    public FairReads(ReadTurns turns) {
        this.turns = turns;
    }

    /** The one of {@code socket}. */
    public static FairReads of(Channel socket) {
        return socket.pipeline().get(FairReads.class);
    }

    /** Whether a peer that has ended its direction is still served; otherwise its socket closes behind its last byte. */
    public void halfClosure(boolean allowed) {
        halfClosure = allowed;
    }

    /** What came of a request: whether its peer was {@code refused}. One that was served ends the row. */
    public void answered(boolean refused) {
        refusals = refused ? Math.min(refusals + 1, REFUSALS) : 0;
    }

    private boolean isRefused() {
        return refusals == REFUSALS;
    }

    /** Nothing that came or comes is handed on any more. */
    public void stop() {
        stopped = true;
        release();
    }

    /** Hands {@code bytes} on, before whatever waits here; they are taken over. Null hands nothing on. */
    public void handOn(@Nullable ByteBuf bytes) {
        var ctx = Objects.requireNonNull(context);
        if (bytes != null) {
            ctx.fireChannelRead(bytes);
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stop();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    private void release() {
        for (var bytes = held.poll(); bytes != null; bytes = held.poll()) {
            bytes.release();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        wanted = true;
        if (!held.isEmpty()) {
            waitInLine();
        } else if (!ended) {
            ctx.read();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var bytes = (ByteBuf) message;
        if (stopped || !bytes.isReadable()) {
            bytes.release();
        } else {
            held.add(bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (held.isEmpty()) {
            ctx.fireChannelReadComplete();
        } else if (inTurn || inLine) {
            return;
        } else if (isRefused() || turns.isBusy() && waitedBefore && turns.nanos() - waitedNanos < REST_NANOS) {
            waitInLine();
        } else {
            turn(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ended = true;
            if (held.isEmpty()) {
                tellEnd(ctx);
            } else {
                waitInLine();
            }
        } else if (!(event instanceof ChannelInputShutdownReadComplete)) {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void tellEnd(ChannelHandlerContext ctx) {
        if (halfClosure) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            ctx.close();
        }
    }

    private void waitInLine() {
        if (!inLine && !inTurn && mayHandOn()) {
            inLine = true;
            (isRefused() ? turns.ofRefused() : turns).add(this);
        }
    }

    /** Whoever has ended its direction and is not served any more need not be asked what it wants to read. */
    private boolean mayHandOn() {
        return wanted || ended && !halfClosure;
    }

    /** The others had their turn. */
    void goOn() {
        inLine = false;
        var ctx = context;
        if (ctx != null && !held.isEmpty() && ctx.channel().isActive()) {
            waitedBefore = true;
            turn(ctx);
            waitedNanos = turns.nanos();
        }
    }

    private void turn(ChannelHandlerContext ctx) {
        long now = turns.nanos();
        long end = now + TURN_NANOS;
        inTurn = true;
        try {
            while (!held.isEmpty() && mayHandOn() && now < end) {
                var slice = slice(end - now);
                int length = slice.readableBytes();
                wanted = false;
                ctx.fireChannelRead(slice);
                ctx.fireChannelReadComplete();
                long then = turns.nanos();
                learn((double) (then - now) / length);
                now = then;
            }
        } finally {
            inTurn = false;
        }
        if (!held.isEmpty()) {
            waitInLine();
        } else if (ended && !stopped) {
            tellEnd(ctx);
        }
    }

    private ByteBuf slice(long nanos) {
        var bytes = held.element();
        int most = (int) Math.clamp(nanos / nanosPerByte, LEAST_SLICE, LARGEST_SLICE);
        return bytes.readableBytes() <= most ? held.remove() : bytes.readRetainedSlice(most);
    }

    /** At once when bytes get dearer, step by step when they get cheaper. */
    private void learn(double measured) {
        nanosPerByte = Math.max(measured, nanosPerByte / 2);
    }
}
