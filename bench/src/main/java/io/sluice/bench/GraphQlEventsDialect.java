package io.sluice.bench;

import java.io.IOException;

/** The same subscription over server-sent events. */
final class GraphQlEventsDialect extends EventStreamDialect {
    private final Protocol.Reading reading;

    GraphQlEventsDialect(Protocol.Reading reading) {
        super(reading);
        this.reading = reading;
    }

    @Override
    String request(LoadSocket socket) {
        var operation = GraphQlDialect.operation(reading.channel(), socket);
        return "POST /graphql HTTP/1.1\r\nHost: " + reading.host()
                + "\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: "
                + operation.length() + "\r\n\r\n" + operation;
    }

    @Override
    void opened(LoadSocket socket) {
        // Its first result says that the server knows it.
    }

    @Override
    void event(LoadSocket socket, String event, boolean stamped) throws IOException {
        GraphQlDialect.keep(reading, socket, event);
        if (event.contains("\"gap\"")) {
            reading.deliveries().gap();
        } else if (event.contains("\"messages\":null")) {
            socket.open = true;
        } else if (event.contains("\"errors\"")) {
            throw new IOException("a subscription failed: " + event);
        }
    }
}
