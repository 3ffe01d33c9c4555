package io.sluice.bench;

import java.nio.ByteBuffer;
import org.HdrHistogram.Histogram;

/** What the subscribers of one server received: counts, latencies and breaks of order. Confined to the load thread. */
final class Deliveries {
    /** From 1 microsecond to 60 seconds with three digits. */
    private final Histogram latency = new Histogram(1_000L, 60_000_000_000L, 3);

    private long count;
    private long bytes;
    private long outOfOrder;
    private long gaps;
    private int stampAt = -1;

    void reset() {
        latency.reset();
        count = 0;
        bytes = 0;
        outOfOrder = 0;
        gaps = 0;
    }

    /** Counts the message in the range when it carries a stamp; false when it is something else. */
    boolean accept(LoadSocket socket, ByteBuffer buffer, int from, int limit, int wireBytes, long nowNanos) {
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
        }
        socket.lastSequence = sequence;
        socket.received++;
        count++;
        bytes += wireBytes;
        long nanos = nowNanos - Stamp.intendedNanos(buffer, at);
        latency.recordValue(Math.clamp(nanos, 1_000L, 60_000_000_000L));
        return true;
    }

    void gap() {
        gaps++;
    }

    long count() {
        return count;
    }

    /** Bytes on the wire with the protocol's framing. */
    long bytes() {
        return bytes;
    }

    /** Messages whose sequence did not follow the one before on the same socket. */
    long outOfOrder() {
        return outOfOrder;
    }

    /** Gaps the server announced. */
    long gaps() {
        return gaps;
    }

    Histogram latency() {
        return latency;
    }
}
