package io.sluice.hub.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.http.WebSocketFrames;
import io.sluice.hub.Notice;
import io.sluice.hub.Publication;
import io.sluice.hub.Wire;

/**
 * The frame of {@link WebSocketJsonWire} compressed on its own (RFC 7692 section 7.2.1, no context takeover), so that it is
 * compressed once for everybody. What would not get smaller stays as it is, which the extension allows.
 */
public final class WebSocketDeflateWire implements Wire {
    public static final WebSocketDeflateWire INSTANCE = new WebSocketDeflateWire();

    private WebSocketDeflateWire() {}

    @Override
    public String name() {
        return "websocket-json-deflate";
    }

    @Override
    public int index() {
        return 4;
    }

    @Override
    public ByteBuf encode(Publication publication, ByteBufAllocator allocator) {
        return WebSocketFrames.deflate(WebSocketJsonWire.INSTANCE.encode(publication, allocator), allocator);
    }

    @Override
    public ByteBuf encode(Notice notice, ByteBufAllocator allocator) {
        return WebSocketFrames.deflate(WebSocketJsonWire.INSTANCE.encode(notice, allocator), allocator);
    }
}
