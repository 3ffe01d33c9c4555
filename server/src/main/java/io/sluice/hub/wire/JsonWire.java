package io.sluice.hub.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.hub.Notice;
import io.sluice.hub.Publication;
import io.sluice.hub.Wire;

/** One JSON object: what reads and polls return in arrays. */
public final class JsonWire implements Wire {
    public static final JsonWire INSTANCE = new JsonWire();

    private JsonWire() {}

    @Override
    public String name() {
        return "json";
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public ByteBuf encode(Publication publication, ByteBufAllocator allocator) {
        var out = allocator.directBuffer(Envelope.estimate(publication));
        out.writeByte('{');
        Envelope.publication(out, publication);
        return out;
    }

    @Override
    public ByteBuf encode(Notice notice, ByteBufAllocator allocator) {
        var out = allocator.directBuffer();
        out.writeByte('{');
        Envelope.notice(out, notice);
        return out;
    }
}
