package io.sluice.hub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A form that nobody listed: the payload, and the end of a line. */
public final class PlainWire implements Wire {
    @Override
    public String name() {
        return "plain";
    }

    @Override
    public int index() {
        return UNLISTED;
    }

    @Override
    public ByteBuf encode(Publication publication, ByteBufAllocator allocator) {
        return allocator
                .directBuffer()
                .writeBytes(publication.payload().bytes())
                .writeByte('\n');
    }

    @Override
    public ByteBuf encode(Notice notice, ByteBufAllocator allocator) {
        throw new UnsupportedOperationException();
    }
}
