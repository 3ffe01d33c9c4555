package io.sluice.hub;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.net.Loop;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Tells the readers of one channel that there is something newer: one task per loop that has readers, not one per reader.
 * Thread-safe.
 */
final class FanOut {
    private final ChannelLog log;
    private final long windowNanos;
    private final ByteBufAllocator allocator;
    private final HubMetrics metrics;
    private final AtomicReferenceArray<LoopReaders> perLoop;

    FanOut(ChannelLog log, int loops, long windowNanos, ByteBufAllocator allocator, HubMetrics metrics) {
        this.log = log;
        this.windowNanos = windowNanos;
        this.allocator = allocator;
        this.metrics = metrics;
        this.perLoop = new AtomicReferenceArray<>(loops);
    }

    /** The readers on {@code loop}; called on that loop. */
    LoopReaders on(Loop loop) {
        var readers = perLoop.get(loop.index());
        if (readers == null) {
            readers = new LoopReaders(log, loop, windowNanos, allocator, metrics);
            perLoop.set(loop.index(), readers);
        }
        return readers;
    }

    /** Something became visible in the log. */
    void deliver() {
        for (int i = 0; i < perLoop.length(); i++) {
            var readers = perLoop.get(i);
            if (readers != null) {
                readers.wake();
            }
        }
    }

    /** Sends an ephemeral notice to those present. */
    void notice(Notice notice) {
        for (int i = 0; i < perLoop.length(); i++) {
            var readers = perLoop.get(i);
            if (readers != null && readers.count() > 0) {
                readers.loop().execute(() -> readers.notice(notice));
            }
        }
    }

    /** How many readers could not take what came last, on all loops. */
    int behind() {
        int sum = 0;
        for (int i = 0; i < perLoop.length(); i++) {
            var readers = perLoop.get(i);
            if (readers != null) {
                sum += readers.behind();
            }
        }
        return sum;
    }

    /** How far the last of those was behind. */
    long lag() {
        long furthest = 0;
        for (int i = 0; i < perLoop.length(); i++) {
            var readers = perLoop.get(i);
            if (readers != null) {
                furthest = Math.max(furthest, readers.lag());
            }
        }
        return furthest;
    }

    /** How many readers there are, on all loops. */
    int readers() {
        int sum = 0;
        for (int i = 0; i < perLoop.length(); i++) {
            var readers = perLoop.get(i);
            if (readers != null) {
                sum += readers.count();
            }
        }
        return sum;
    }
}
