package io.sluice.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * Sluice's own transports for readers. Publishers use WebSocket, whatever the readers do, except for gRPC.
 *
 * @param readersPerConnection more than one where a protocol has streams
 */
public record SluiceProtocol(String name, int readersPerConnection, Function<Reading, Dialect> readers)
        implements Protocol {
    private static final long SECOND = 1_000_000_000L;

    public static final Protocol WEB_SOCKET = new SluiceProtocol("ws", 1, SubscribingDialect::new);

    public static final List<Protocol> ALL = List.of(
            WEB_SOCKET,
            new SluiceProtocol("sse", 1, EventStreamDialect::new),
            // What servers let a client open by default.
            new GrpcProtocol(100),
            new SluiceProtocol("grpc-web", 1, GrpcWebDialect::new),
            new SluiceProtocol("graphql", 1, GraphQlDialect::new),
            new SluiceProtocol("graphql-sse", 1, GraphQlEventsDialect::new),
            new SluiceProtocol("longpoll", 1, reading -> new PollDialect(reading, 0)),
            new SluiceProtocol("poll", 1, reading -> new PollDialect(reading, SECOND)));

    /** The transport that {@code --transports} calls so. */
    public static Protocol named(String name) throws IOException {
        for (var each : ALL) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw new IOException("no transport is called '" + name + "': "
                + String.join(", ", ALL.stream().map(Protocol::name).toList()));
    }

    @Override
    public Dialect reader(Reading reading) {
        return readers.apply(reading);
    }

    @Override
    public Dialect publisher(String host, String channel) {
        return new WebSocketDialect(host, new Deliveries());
    }

    @Override
    public void publish(LoadSocket publisher, String channel, String data) throws IOException {
        publisher.sendFrame("{\"id\":1,\"type\":\"publish\",\"channel\":\"" + channel + "\",\"data\":" + data + "}");
    }
}
