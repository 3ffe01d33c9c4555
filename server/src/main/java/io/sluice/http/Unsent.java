package io.sluice.http;

import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes of one connection's responses wait for their reader. Confined to the connection's loop.
 *
 * <p>They count against the peer's address, in steps, so that a peer gains nothing by more connections. A connection whose own
 * share is full is served further requests once some of it has left.
 */
final class Unsent {
    /** What one connection's responses may hold before further requests of it wait; the response that crosses it is still made. */
    private static final long SHARE = 2 << 20;
    /** A difference that is worth telling. */
    private static final long STEP = 64 << 10;

    private final ConnectionGate gate;
    private @Nullable InetSocketAddress peer;
    private final Runnable room;
    private long bytes;
    private long told;

    /** @param room runs when the share is no longer full */
    Unsent(ConnectionGate gate, @Nullable InetSocketAddress peer, Runnable room) {
        this.gate = gate;
        this.peer = peer;
        this.room = room;
    }

    /** What waits, and what is added, is this client's from now on. */
    void isFor(InetSocketAddress client) {
        var before = peer;
        if (client.equals(before)) {
            return;
        }
        peer = client;
        if (told != 0) {
            if (before != null) {
                gate.unsent(before.getAddress(), -told);
            }
            gate.unsent(client.getAddress(), told);
        }
    }

    boolean isFull() {
        return bytes >= SHARE;
    }

    /** Counts {@code length} bytes until {@code sent} is done, as it is at the latest when the connection ends. */
    void add(int length, Future<?> sent) {
        if (!sent.isDone()) {
            change(length);
            sent.addListener(done -> left(length));
        }
    }

    private void left(int length) {
        boolean full = isFull();
        change(-length);
        if (full && !isFull()) {
            room.run();
        }
    }

    private void change(int by) {
        bytes += by;
        long difference = bytes - told;
        if (peer != null && (Math.abs(difference) >= STEP || bytes == 0 && told != 0)) {
            told = bytes;
            gate.unsent(peer.getAddress(), difference);
        }
    }
}
