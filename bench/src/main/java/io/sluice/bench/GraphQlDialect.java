package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A subscription by {@code graphql-transport-ws}, with the fields that the WebSocket interface sends and, as clients do it, an
 * id of its own for every subscriber.
 */
final class GraphQlDialect extends WebSocketDialect {
    private static final String SELECTION = "subscription($channels: [String!]!, $after: String)"
            + " {messages(channels: $channels, after: $after) {channel position time event from data}}";

    private final Protocol.Reading reading;

    GraphQlDialect(Protocol.Reading reading) {
        super(reading.host(), "/graphql", "graphql-transport-ws", reading.deliveries());
        this.reading = reading;
    }

    /** The operation of {@code socket}'s reader. */
    static String operation(String channel, LoadSocket socket) {
        var after = socket.cursor == null ? "" : ",\"after\":\"" + socket.cursor + "\"";
        return "{\"query\":\"" + SELECTION + "\",\"variables\":{\"channels\":[\"" + channel + "\"]" + after + "}}";
    }

    /** Keeps where the reader stands: a message's position, or the cursor of a result without one. */
    static void keep(Protocol.Reading reading, LoadSocket socket, String result) {
        reading.keep(socket, result, "\"position\":\"", "\"");
        reading.keep(socket, result, "\"cursor\":\"", "\"");
    }

    @Override
    protected void upgraded(LoadSocket socket) throws IOException {
        socket.sendFrame("{\"type\":\"connection_init\"}");
    }

    @Override
    protected void text(LoadSocket socket, String text) throws IOException {
        keep(reading, socket, text);
        if (text.contains("\"type\":\"connection_ack\"")) {
            socket.sendFrame("{\"id\":\"" + UUID.randomUUID() + "\",\"type\":\"subscribe\",\"payload\":"
                    + operation(reading.channel(), socket) + "}");
        } else if (text.contains("\"gap\"")) {
            reading.deliveries().gap();
        } else if (text.contains("\"messages\":null")) {
            socket.open = true;
        } else {
            throw new IOException("a subscription failed: " + text);
        }
    }

    @Override
    protected void delivered(LoadSocket socket, ByteBuffer bytes, int from, int limit) {
        if (reading.resuming()) {
            keep(reading, socket, Stamp.text(bytes, from, limit));
        }
    }
}
