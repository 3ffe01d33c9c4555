package io.sluice.hub.wire;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.hub.Notice;
import io.sluice.hub.Publication;
import io.sluice.hub.Wire;
import java.nio.charset.StandardCharsets;

/**
 * One server-sent event (WHATWG HTML section 9.2). For readers of one channel it begins with {@code id:}, the position; for
 * readers of several it has no id, because theirs differ, and its last line is left open for one.
 */
public final class SseWire implements Wire {
    /** For readers of one channel. */
    public static final SseWire ONE_CHANNEL = new SseWire("sse", 2, true);
    /** For readers of several channels. */
    public static final SseWire SEVERAL_CHANNELS = new SseWire("sse-several", 3, false);

    private final String name;
    private final int index;
    private final boolean complete;

    private SseWire(String name, int index, boolean complete) {
        this.name = name;
        this.index = index;
        this.complete = complete;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public ByteBuf encode(Publication publication, ByteBufAllocator allocator) {
        var out = allocator.directBuffer(Envelope.estimate(publication) + 64);
        if (complete) {
            raw(out, "id: ");
            raw(out, publication.position().toString());
            out.writeByte('\n');
        }
        raw(out, "event: ");
        out.writeCharSequence(publication.event(), StandardCharsets.UTF_8);
        raw(out, "\ndata: {");
        Envelope.publication(out, publication);
        raw(out, complete ? "\n\n" : "\n");
        return out;
    }

    @Override
    public ByteBuf encode(Notice notice, ByteBufAllocator allocator) {
        var out = allocator.directBuffer();
        raw(out, "event: " + Envelope.type(notice) + "\ndata: {");
        Envelope.notice(out, notice);
        raw(out, "\n\n");
        return out;
    }
}
