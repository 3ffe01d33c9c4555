package io.sluice.hub.wire;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.http.WebSocketFrames;
import io.sluice.hub.Notice;
import io.sluice.hub.Publication;
import io.sluice.hub.Wire;

/** A complete, unmasked WebSocket text frame with {@code {"type":"message",...}} (RFC 6455 section 5.2). */
public final class WebSocketJsonWire implements Wire {
    public static final WebSocketJsonWire INSTANCE = new WebSocketJsonWire();

    private WebSocketJsonWire() {}

    @Override
    public String name() {
        return "websocket-json";
    }

    @Override
    public int index() {
        return 1;
    }

    @Override
    public ByteBuf encode(Publication publication, ByteBufAllocator allocator) {
        var out = allocator.directBuffer(Envelope.estimate(publication));
        return WebSocketFrames.text(out, body -> {
            raw(body, "{\"type\":\"message\",");
            Envelope.publication(body, publication);
        });
    }

    @Override
    public ByteBuf encode(Notice notice, ByteBufAllocator allocator) {
        return WebSocketFrames.text(allocator.directBuffer(), body -> {
            raw(body, "{\"type\":\"" + Envelope.type(notice) + "\",");
            Envelope.notice(body, notice);
        });
    }
}
