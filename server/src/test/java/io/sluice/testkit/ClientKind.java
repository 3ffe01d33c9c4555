package io.sluice.testkit;

/**
 * Every protocol that a reader may use. What stands here is held to every promise of docs/reference/promises.md on every
 * engine; a transport of {@code Transports.ALL} that nobody here reads fails the build.
 */
public enum ClientKind {
    WEBSOCKET("websocket") {
        @Override
        public TestClient open(ServerAddress server, String after, String... channels) {
            return new WebSocketReaderClient(server, after, channels);
        }
    },
    SSE("sse") {
        @Override
        public TestClient open(ServerAddress server, String after, String... channels) {
            return new SseReaderClient(server, after, channels);
        }
    },
    GRPC("grpc") {
        @Override
        public TestClient open(ServerAddress server, String after, String... channels) {
            return new GrpcReaderClient(server, after, channels);
        }
    },
    GRAPHQL_WS("graphql") {
        @Override
        public TestClient open(ServerAddress server, String after, String... channels) {
            return GraphQlReaderClient.overWebSocket(server, after, channels);
        }
    },
    GRAPHQL_SSE("graphql") {
        @Override
        public TestClient open(ServerAddress server, String after, String... channels) {
            return GraphQlReaderClient.overEvents(server, after, channels);
        }
    },
    LONGPOLL("poll") {
        @Override
        public TestClient open(ServerAddress server, String after, String... channels) {
            return new PollReaderClient(server, 5, after, channels);
        }
    },
    POLL("poll") {
        @Override
        public TestClient open(ServerAddress server, String after, String... channels) {
            return new PollReaderClient(server, 0, after, channels);
        }
    };

    private final String transport;

    ClientKind(String transport) {
        this.transport = transport;
    }

    /** The name in {@code Transports.ALL} of what this kind speaks to. */
    public String transport() {
        return transport;
    }

    /**
     * Begins to read after a cursor, {@code earliest} or {@code latest}, as the caller whose token the address holds. Returns
     * when the server knows the reader. A server that does not let it in is {@link ReaderRefused}, with when to come back
     * where it said so.
     */
    public abstract TestClient open(ServerAddress server, String after, String... channels);
}
