package io.sluice.hub.wire;

import io.sluice.hub.Wire;
import java.util.List;

/** Every encoding of a publication, in the order of their slots. */
public final class Wires {
    public static final List<Wire> ALL = List.of(
            JsonWire.INSTANCE,
            WebSocketJsonWire.INSTANCE,
            SseWire.ONE_CHANNEL,
            SseWire.SEVERAL_CHANNELS,
            WebSocketDeflateWire.INSTANCE,
            GrpcWire.PLAIN,
            GrpcWire.GZIP,
            GrpcWire.TEXT);

    private Wires() {}
}
