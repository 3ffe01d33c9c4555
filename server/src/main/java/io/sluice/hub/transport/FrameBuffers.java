package io.sluice.hub.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.net.Loop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small buffer for each loop, for what differs from reader to reader and leaves at once: a frame is written into it and sent,
 * and the next one overwrites it. While somebody who could not send at once retains it, frames get buffers of their own.
 */
final class FrameBuffers implements AutoCloseable {
    private static final int SIZE = 4 << 10;
    /** After so many frames that found it retained a loop gets another one: a peer may keep it for long. */
    private static final int PATIENCE = 64;

    private final ByteBufAllocator allocator;
    private final List<Place> places;

    FrameBuffers(List<Loop> loops, ByteBufAllocator allocator) {
        this.allocator = allocator;
        this.places = loops.stream().map(Place::new).toList();
    }

    /** Confined to its loop. */
    private static final class Place {
        private final Loop loop;
        private @Nullable ByteBuf kept;
        private int missed;
        private boolean closed;

        Place(Loop loop) {
            this.loop = loop;
        }
    }

    /** An empty buffer with room for {@code length} bytes, which the caller releases. Called on {@code loop}. */
    ByteBuf take(Loop loop, int length) {
        var place = places.get(loop.index());
        if (length > SIZE || place.closed) {
            return allocator.directBuffer(length);
        }
        var kept = place.kept;
        if (kept != null && kept.refCnt() > 1) {
            if (++place.missed < PATIENCE) {
                return allocator.directBuffer(length);
            }
            kept.release();
            kept = null;
        }
        place.missed = 0;
        if (kept == null) {
            kept = allocator.directBuffer(SIZE);
            place.kept = kept;
        }
        return kept.clear().retain();
    }

    /** Gives the buffers back, each on its loop. */
    @Override
    public void close() {
        for (var place : places) {
            place.loop.execute(() -> {
                place.closed = true;
                var kept = place.kept;
                place.kept = null;
                if (kept != null) {
                    kept.release();
                }
            });
        }
    }
}
