package io.sluice.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.http.Abuse;
import io.sluice.http.ResponseStream;
import io.sluice.http.UpgradedConnection;
import io.sluice.net.Loop;
import io.sluice.net.Outlet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection as the network sees it: what is under way to the client, how much of it fits, and whether both ends are still
 * there. The server's end is an outlet; the client's end gets what arrives when the simulation lets it, in pieces of any size.
 */
final class Connection implements UpgradedConnection, ResponseStream {
    /** The client's end. */
    interface Client {
        /** A whole response. */
        void answered(Answer answer);

        void received(byte[] bytes);

        /** The server closed, or is no more. */
        void ended();
    }

    /** @param fields as they were when it was sent */
    record Answer(int status, HttpHeaders fields, byte[] body) {
        @Override
        public String toString() {
            return status + " " + new String(body, StandardCharsets.UTF_8);
        }
    }

    private sealed interface Arrival {
        record Response(Answer answer) implements Arrival {}

        record Bytes(byte[] bytes) implements Arrival {}

        record End() implements Arrival {}
    }

    private final Loop loop;
    private final Client client;
    private final int window;
    private final Deque<Arrival> underWay = new ArrayDeque<>();
    private final Deque<byte[]> toServer = new ArrayDeque<>();
    private int bytesUnderWay;
    private boolean stalled;
    private boolean gone;
    private boolean vanished;
    private long vanishedNanos;
    private boolean closing;
    private boolean reading = true;
    private @Nullable Consumer<ByteBuf> bytesTo;
    private @Nullable Runnable writable;
    private @Nullable Runnable closed;

    /** @param window how many bytes the network takes before the server must wait */
    Connection(Loop loop, Client client, int window) {
        this.loop = loop;
        this.client = client;
        this.window = window;
    }

    // The client's and the network's side.

    /** Lets the next thing arrive; false when there is none, or the client does not read. */
    boolean arrive(Random random) {
        if (stalled || vanished) {
            return false;
        }
        var next = underWay.poll();
        switch (next) {
            case null -> {
                return false;
            }
            case Arrival.Response(var answer) -> client.answered(answer);
            case Arrival.End() -> client.ended();
            case Arrival.Bytes(var bytes) -> {
                int taken = random.nextInt(4) == 0 ? 1 + random.nextInt(bytes.length) : bytes.length;
                if (taken < bytes.length) {
                    underWay.addFirst(new Arrival.Bytes(Arrays.copyOfRange(bytes, taken, bytes.length)));
                }
                boolean full = !writable();
                bytesUnderWay -= taken;
                if (full && writable() && writable != null) {
                    loop.execute(this::tellWritable);
                }
                client.received(Arrays.copyOf(bytes, taken));
            }
        }
        return true;
    }

    /** The client stops or goes on reading. */
    void stall(boolean on) {
        stalled = on;
    }

    /** The client closes: what is under way is lost, and the server learns of it in its own time. */
    void cut() {
        underWay.clear();
        loop.execute(this::close0);
    }

    /** The client is gone and nobody tells the server. */
    void vanish(long nowNanos) {
        vanished = true;
        vanishedNanos = nowNanos;
        underWay.clear();
    }

    /** The network gives a vanished peer up after a while. */
    void giveUp(long nowNanos, long afterNanos) {
        if (vanished && !gone && nowNanos - vanishedNanos >= afterNanos) {
            loop.execute(this::close0);
        }
    }

    /** The server is no more: what it had sent may still arrive. */
    void serverDied() {
        gone = true;
        closing = true;
        writable = null;
        closed = null;
        underWay.add(new Arrival.End());
    }

    void sendToServer(byte[] bytes) {
        loop.execute(() -> {
            toServer.add(bytes);
            handOver();
        });
    }

    boolean isGone() {
        return gone;
    }

    private void tellWritable() {
        if (!gone && !closing && writable != null && writable()) {
            writable.run();
        }
    }

    private void handOver() {
        while (reading && bytesTo != null && !gone && !closing && !toServer.isEmpty()) {
            var buffer = Unpooled.wrappedBuffer(toServer.remove());
            bytesTo.accept(buffer);
            buffer.release();
        }
    }

    private void close0() {
        if (!gone) {
            gone = true;
            var action = closed;
            closed = null;
            writable = null;
            if (action != null) {
                action.run();
            }
        }
    }

    // The server's side.

    void respond(Answer answer) {
        if (!gone && !vanished) {
            underWay.add(new Arrival.Response(answer));
        }
        loop.execute(this::close0);
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public boolean writable() {
        return !gone && !closing && bytesUnderWay < window;
    }

    @Override
    public void write(ByteBuf bytes) {
        if (gone || closing || !bytes.isReadable()) {
            return;
        }
        bytesUnderWay += bytes.readableBytes();
        if (!vanished) {
            underWay.add(new Arrival.Bytes(ByteBufUtil.getBytes(bytes)));
        }
    }

    @Override
    public void onWritable(Runnable action) {
        writable = action;
    }

    @Override
    public void onClose(Runnable action) {
        if (gone) {
            action.run();
        } else if (closed == null) {
            closed = action;
        } else {
            var first = closed;
            closed = () -> {
                first.run();
                action.run();
            };
        }
    }

    @Override
    public void close() {
        if (!closing && !gone) {
            closing = true;
            underWay.add(new Arrival.End());
            loop.execute(this::close0);
        }
    }

    @Override
    public void end(HttpHeaders trailers) {
        close();
    }

    @Override
    public void abort() {
        close();
    }

    @Override
    public boolean isClosed() {
        return closing || gone;
    }

    @Override
    public Outlet outlet() {
        return this;
    }

    @Override
    public void abused(Abuse abuse) {
        throw new Violation("nobody is cut as an abuser", abuse.code());
    }

    @Override
    public void onBytes(Consumer<ByteBuf> bytes) {
        bytesTo = bytes;
        loop.execute(this::handOver);
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (on) {
            loop.execute(this::handOver);
        }
    }
}
