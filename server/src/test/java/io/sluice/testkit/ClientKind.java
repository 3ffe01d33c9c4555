package io.sluice.testkit;

/** Every protocol that a reader may use. */
public enum ClientKind {
    WEBSOCKET {
        @Override
        public TestClient open(EdgeServer server, String after, String... channels) {
            return new WebSocketReaderClient(server, after, channels);
        }
    },
    SSE {
        @Override
        public TestClient open(EdgeServer server, String after, String... channels) {
            return new SseReaderClient(server, after, channels);
        }
    },
    GRPC {
        @Override
        public TestClient open(EdgeServer server, String after, String... channels) {
            return new GrpcReaderClient(server, after, channels);
        }
    },
    LONGPOLL {
        @Override
        public TestClient open(EdgeServer server, String after, String... channels) {
            return new PollReaderClient(server, 5, after, channels);
        }
    },
    POLL {
        @Override
        public TestClient open(EdgeServer server, String after, String... channels) {
            return new PollReaderClient(server, 0, after, channels);
        }
    };

    /** Begins to read after a cursor, {@code earliest} or {@code latest}. Returns when the server knows the reader. */
    public abstract TestClient open(EdgeServer server, String after, String... channels);
}
