package io.sluice.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one connection that have come and are not yet understood, in one buffer. Confined to the connection's loop. Holds
 * no buffer while there is nothing to hold; the connection stops reading, so that it stays small.
 */
final class WaitingBytes {
    private static final int LEAST = 2048;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf bytes;

    WaitingBytes(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Appends {@code more}, which is taken over. */
    void add(ByteBuf more) {
        var before = bytes;
        if (before == null) {
            bytes = more;
            return;
        }
        int length = more.readableBytes();
        if (before.maxFastWritableBytes() < length
                || before.refCnt() > 1 && before.capacity() - before.writerIndex() < length) {
            var larger = allocator.directBuffer(Math.max(LEAST, 2 * (before.readableBytes() + length)));
            larger.writeBytes(before);
            before.release();
            bytes = larger;
            before = larger;
        }
        before.writeBytes(more);
        more.release();
    }

    /** What waits, still owned here; null when that is nothing. */
    @Nullable
    ByteBuf get() {
        return bytes;
    }

    /** What waits, now the caller's; null when that is nothing. */
    @Nullable
    ByteBuf take() {
        var taken = bytes;
        bytes = null;
        return taken;
    }

    int length() {
        return bytes == null ? 0 : bytes.readableBytes();
    }

    /** Gives an empty buffer back. */
    void trim() {
        if (bytes != null && !bytes.isReadable()) {
            release();
        }
    }

    void release() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
