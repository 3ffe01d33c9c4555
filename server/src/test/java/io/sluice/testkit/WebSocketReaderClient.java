package io.sluice.testkit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** Reads over WebSocket; its cursor over several channels is their positions, separated by commas. */
final class WebSocketReaderClient implements TestClient {
    private final WebSocketClient socket;
    private final Map<String, String> positions = new LinkedHashMap<>();
    private final String startCursor;

    WebSocketReaderClient(ServerAddress server, String after, String... channels) {
        socket = WebSocketClient.connect(server);
        var list = new StringJoiner(",");
        for (var channel : channels) {
            list.add("{\"channel\":\"" + channel + "\",\"after\":\"" + after + "\"}");
        }
        var reply = socket.call("subscribe", "\"channels\":[" + list + "]");
        refusedBy(reply);
        for (var channel : reply.path("channels")) {
            refusedBy(channel.path("error"));
            positions.put(
                    channel.path("channel").asString(), channel.path("position").asString());
        }
        startCursor = cursor();
    }

    private void refusedBy(JsonNode answer) {
        if (answer.has("code")) {
            socket.close();
            throw new ReaderRefused(
                    answer.path("code").asString(),
                    Duration.ofMillis(answer.path("retry_after_ms").asLong(0)));
        }
    }

    @Override
    public Received next() {
        while (true) {
            var push = socket.next();
            var channel = push.path("channel").asString("");
            switch (push.path("type").asString()) {
                case "message" -> {
                    var position = push.path("position").asString();
                    positions.put(channel, position);
                    return new Received.Message(
                            channel, position, push.path("data").toString(), cursor());
                }
                case "gap" -> {
                    positions.put(channel, push.path("to").asString());
                    return new Received.Missing(
                            channel,
                            push.path("from").asString(),
                            push.path("to").asString(),
                            cursor());
                }
                default -> {
                    // Presence and signals have no place in the order.
                }
            }
        }
    }

    @Override
    public String startCursor() {
        return startCursor;
    }

    @Override
    public void close() {
        socket.close();
    }

    private String cursor() {
        return String.join(",", positions.values());
    }
}
