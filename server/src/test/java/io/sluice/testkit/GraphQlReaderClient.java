package io.sluice.testkit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads by a GraphQL subscription, over {@code graphql-transport-ws} or server-sent events. Its cursor is the position of the
 * last publication where it reads one channel, and what the extensions tell otherwise.
 */
final class GraphQlReaderClient implements TestClient {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String QUERY = "subscription Read($channels: [String!]!, $after: String)"
            + " {messages(channels: $channels, after: $after) {channel position data}}";

    private final Wire wire;
    private final String startCursor;

    /** How messages come; {@code next} gives results and refuses what is refused. */
    private interface Wire extends AutoCloseable {
        JsonNode next();

        @Override
        void close();
    }

    private GraphQlReaderClient(Wire wire) {
        this.wire = wire;
        try {
            startCursor = wire.next().path("extensions").path("cursor").asString();
        } catch (ReaderRefused refused) {
            wire.close();
            throw refused;
        }
    }

    static TestClient overWebSocket(ServerAddress server, String after, String... channels) {
        return new GraphQlReaderClient(new Socket(server, after, channels));
    }

    static TestClient overEvents(ServerAddress server, String after, String... channels) {
        return new GraphQlReaderClient(new Events(server, after, channels));
    }

    /** The members of a request for the subscription. */
    static String request(String after, String... channels) {
        Map<String, Object> variables = new LinkedHashMap<>();
        variables.put("channels", channels);
        variables.put("after", after);
        return JSON.writeValueAsString(Map.of("query", QUERY, "variables", variables));
    }

    @Override
    public Received next() {
        var result = wire.next();
        var extensions = result.path("extensions");
        var gap = extensions.path("gap");
        if (!gap.isMissingNode()) {
            return new Received.Missing(
                    gap.path("channel").asString(),
                    gap.path("from").asString(),
                    gap.path("to").asString(),
                    extensions.path("cursor").asString());
        }
        var message = result.path("data").path("messages");
        var position = message.path("position").asString();
        return new Received.Message(
                message.path("channel").asString(),
                position,
                message.path("data").toString(),
                extensions.path("cursor").asString(position));
    }

    @Override
    public String startCursor() {
        return startCursor;
    }

    @Override
    public void close() {
        wire.close();
    }

    private static ReaderRefused refused(JsonNode errors) {
        var told = errors.path(0).path("extensions");
        return new ReaderRefused(
                told.path("code").asString(),
                Duration.ofMillis(told.path("retry_after_ms").asLong(0)));
    }

    private static final class Socket implements Wire {
        private final WebSocketClient socket;

        Socket(ServerAddress server, String after, String... channels) {
            socket = WebSocketClient.open(server, "/graphql", 0);
            socket.send("{\"type\":\"connection_init\"}");
            var answer = socket.frame();
            if (answer.opcode() == WebSocketClient.CLOSE) {
                socket.close();
                throw new ReaderRefused(answer.closeReason());
            }
            socket.send("{\"id\":\"reader\",\"type\":\"subscribe\",\"payload\":" + request(after, channels) + "}");
        }

        @Override
        public JsonNode next() {
            var message = socket.next();
            if (message.path("type").asString().equals("error")) {
                throw refused(message.path("payload"));
            }
            return message.path("payload");
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private static final class Events implements Wire {
        private final RawClient raw;

        Events(ServerAddress server, String after, String... channels) {
            raw = RawClient.connect(server.port());
            var body = request(after, channels);
            raw.send("POST /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n"
                    + server.authorization() + "\r\n" + body);
            var head = raw.readUntil("\r\n\r\n");
            if (!head.startsWith("HTTP/1.1 200 ")) {
                var refused = ReaderRefused.of(JSON.readTree(raw.readUntil("}")));
                raw.close();
                throw refused;
            }
        }

        @Override
        public JsonNode next() {
            while (true) {
                var event = raw.readUntil("\n\n");
                int data = event.indexOf("data: ");
                if (event.startsWith("event: next") && data > 0) {
                    var result = JSON.readTree(
                            event.substring(data + 6).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
                    if (result.has("errors")) {
                        throw refused(result.path("errors"));
                    }
                    return result;
                }
            }
        }

        @Override
        public void close() {
            raw.close();
        }
    }
}
