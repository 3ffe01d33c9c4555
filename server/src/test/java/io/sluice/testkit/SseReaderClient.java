package io.sluice.testkit;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/** Reads server-sent events (WHATWG HTML section 9.2) as they stand on the wire. */
final class SseReaderClient implements TestClient {
    private static final JsonMapper JSON = new JsonMapper();

    private final RawClient raw;
    private final String startCursor;

    SseReaderClient(ServerAddress server, String after, String... channels) {
        raw = RawClient.connect(server.port());
        raw.send("GET /v1/events?channel=" + String.join("&channel=", channels)
                + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nLast-Event-ID: " + after + "\r\n"
                + server.authorization() + "\r\n");
        var head = raw.readUntil("\r\n\r\n");
        if (!head.startsWith("HTTP/1.1 200 ")) {
            var refused = ReaderRefused.of(JSON.readTree(raw.readUntil("}")));
            raw.close();
            throw refused;
        }
        startCursor = field(raw.readUntil("\n\n"), "id");
    }

    @Override
    public Received next() {
        while (true) {
            var event = raw.readUntil("\n\n");
            var data = field(event, "data");
            var type = field(event, "event");
            if (data.isEmpty() || type.equals("presence") || type.equals("signal")) {
                continue;
            }
            var json = JSON.readTree(data.getBytes(StandardCharsets.ISO_8859_1));
            var channel = json.path("channel").asString();
            var cursor = field(event, "id");
            if (type.equals("gap")) {
                return new Received.Missing(
                        channel, json.path("from").asString(), json.path("to").asString(), cursor);
            }
            return new Received.Message(
                    channel, json.path("position").asString(), json.path("data").toString(), cursor);
        }
    }

    @Override
    public String startCursor() {
        return startCursor;
    }

    @Override
    public void close() {
        raw.close();
    }

    /** The value of a field; empty when the event has none. */
    private static String field(String event, String name) {
        for (var line : event.split("\n")) {
            if (line.startsWith(name + ": ")) {
                return line.substring(name.length() + 2);
            }
        }
        return "";
    }
}
