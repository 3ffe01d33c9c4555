package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Sluice's commands over WebSocket: subscribes as soon as it may. The floors and some peers take the same ones. */
public final class SubscribingDialect extends WebSocketDialect {
    private final Protocol.Reading reading;

    public SubscribingDialect(Protocol.Reading reading) {
        super(reading.host(), reading.deliveries());
        this.reading = reading;
    }

    @Override
    protected void upgraded(LoadSocket socket) throws IOException {
        var after = socket.cursor == null ? "" : ",\"after\":\"" + socket.cursor + "\"";
        socket.sendFrame("{\"id\":1,\"type\":\"subscribe\",\"channel\":\"" + reading.channel() + "\"" + after + "}");
    }

    @Override
    protected void text(LoadSocket socket, String text) throws IOException {
        super.text(socket, text);
        if (text.startsWith("{\"id\":1,")) {
            reading.keep(socket, text, "\"position\":\"", "\"");
            socket.open = true;
        }
    }

    @Override
    protected void delivered(LoadSocket socket, ByteBuffer bytes, int from, int limit) {
        if (reading.resuming()) {
            reading.keep(socket, Stamp.text(bytes, from, limit), "\"position\":\"", "\"");
        }
    }
}
