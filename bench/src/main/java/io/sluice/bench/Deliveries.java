package io.sluice.bench;

import java.nio.ByteBuffer;
import org.HdrHistogram.Histogram;

/** What the subscribers of one server received: counts, latencies and breaks of order. Confined to the load thread. */
public final class Deliveries {
    /** From 1 microsecond to 60 seconds with three digits. */
    private final Histogram latency = new Histogram(1_000L, 60_000_000_000L, 3);

    private long count;
    private long outOfOrder;
    private long gaps;
    private long missing;
    private long repeated;
    private int stampAt = -1;

    public void reset() {
        latency.reset();
        count = 0;
        outOfOrder = 0;
        gaps = 0;
        missing = 0;
        repeated = 0;
    }

    /** Counts the message in the range when it carries a stamp; false when it is something else. */
    public boolean accept(LoadSocket socket, ByteBuffer buffer, int from, int limit, long nowNanos) {
        int at = from + stampAt;
        if (stampAt < 0 || !Stamp.isAt(buffer, at, limit)) {
            at = Stamp.find(buffer, from, limit);
            if (at < 0) {
                return false;
            }
            stampAt = at - from;
        }
        int sequence = Stamp.sequence(buffer, at);
        if (socket.lastSequence != 0 && sequence != socket.lastSequence + 1) {
            outOfOrder++;
            missing += Math.max(0, sequence - socket.lastSequence - 1);
            repeated += sequence <= socket.lastSequence ? 1 : 0;
        }
        socket.lastSequence = Math.max(sequence, socket.lastSequence);
        socket.received++;
        count++;
        long nanos = nowNanos - Stamp.intendedNanos(buffer, at);
        latency.recordValue(Math.clamp(nanos, 1_000L, 60_000_000_000L));
        return true;
    }

    public void gap() {
        gaps++;
    }

    public long count() {
        return count;
    }

    /** Messages whose sequence did not follow the one before on the same socket. */
    public long outOfOrder() {
        return outOfOrder;
    }

    /** Messages left out between two that a reader got. */
    public long missing() {
        return missing;
    }

    /** Messages that a reader had before. */
    public long repeated() {
        return repeated;
    }

    /** Gaps the server announced. */
    public long gaps() {
        return gaps;
    }

    public Histogram latency() {
        return latency;
    }
}
