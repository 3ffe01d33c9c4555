package io.sluice.bench;

import java.io.IOException;
import java.util.UUID;

/**
 * A subscription by {@code graphql-transport-ws}, with the fields that the WebSocket interface sends and, as clients do it, an
 * id of its own for every subscriber.
 */
final class GraphQlDialect extends WebSocketDialect {
    private static final String SELECTION = "subscription($channels: [String!]!)"
            + " {messages(channels: $channels) {channel position time event from data}}";

    private final String channel;
    private final Deliveries deliveries;

    GraphQlDialect(String host, String channel, Deliveries deliveries) {
        super(host, "/graphql", "graphql-transport-ws", deliveries);
        this.channel = channel;
        this.deliveries = deliveries;
    }

    @Override
    void upgraded(LoadSocket socket) throws IOException {
        socket.sendFrame("{\"type\":\"connection_init\"}");
    }

    @Override
    void text(LoadSocket socket, String text) throws IOException {
        if (text.contains("\"type\":\"connection_ack\"")) {
            socket.sendFrame("{\"id\":\"" + UUID.randomUUID()
                    + "\",\"type\":\"subscribe\",\"payload\":{\"query\":\"" + SELECTION
                    + "\",\"variables\":{\"channels\":[\"" + channel + "\"]}}}");
        } else if (text.contains("\"gap\"")) {
            deliveries.gap();
        } else if (text.contains("\"messages\":null")) {
            socket.open = true;
        } else {
            throw new IOException("a subscription failed: " + text);
        }
    }
}
