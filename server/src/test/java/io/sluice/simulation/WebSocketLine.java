package io.sluice.simulation;

import io.sluice.testkit.WebSocketClient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** A reader on a WebSocket. */
final class WebSocketLine implements Reader.Line {
    private final Reader reader;
    private final World world;
    private final Connection connection;
    private final ByteArrayOutputStream ahead = new ByteArrayOutputStream();
    private final Commands commands;
    private boolean subscribed;

    WebSocketLine(Reader reader, World world, SimulatedServer server) {
        this.reader = reader;
        this.world = world;
        var request = new SimulatedExchange.Request(
                "GET",
                "/v1/ws",
                Map.of("user", List.of(reader.user)),
                Reader.fields(
                        "upgrade", "websocket",
                        "connection", "upgrade",
                        "sec-websocket-version", "13",
                        "sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
                new byte[0]);
        connection = server.send(request, this, world.random().nextInt(2), world.window());
        commands =
                new Commands(reader, world, text -> send(WebSocketClient.TEXT, text), () -> world.server() == server);
        var list = new StringJoiner(",");
        for (var channel : reader.channels) {
            var place = reader.place(channel);
            list.add("{\"channel\":\"" + channel + "\",\"after\":\"" + (place == null ? reader.cursor() : place)
                    + "\"}");
        }
        send(WebSocketClient.TEXT, "{\"id\":1,\"type\":\"subscribe\",\"channels\":[" + list + "]}");
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public Reader.Kind kind() {
        return Reader.Kind.WEBSOCKET;
    }

    @Override
    public boolean subscribed() {
        return subscribed;
    }

    /** Asks something that may be asked now. */
    void ask() {
        commands.ask(subscribed);
    }

    Commands commands() {
        return commands;
    }

    private void send(int opcode, String text) {
        connection.sendToServer(WebSocketClient.frame(opcode, true, text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void answered(Connection.Answer answer) {
        world.refused(reader, answer);
        reader.lost(this);
    }

    @Override
    public void ended() {
        reader.lost(this);
    }

    @Override
    public void received(byte[] bytes) {
        ahead.writeBytes(bytes);
        var all = ahead.toByteArray();
        int at = 0;
        while (reader.isCurrent(this)) {
            int length = at + 1 < all.length ? all[at + 1] & 0x7f : -1;
            int head = length == 126 ? 4 : length == 127 ? 10 : 2;
            if (length < 0 || at + head > all.length) {
                break;
            }
            if (length == 126) {
                length = (all[at + 2] & 0xff) << 8 | all[at + 3] & 0xff;
            }
            if (at + head + length > all.length) {
                break;
            }
            frame(all[at] & 0x0f, Arrays.copyOfRange(all, at + head, at + head + length));
            at += head + length;
        }
        ahead.reset();
        ahead.write(all, at, all.length - at);
    }

    private void frame(int opcode, byte[] payload) {
        switch (opcode) {
            case WebSocketClient.PING -> send(WebSocketClient.PONG, "");
            case WebSocketClient.CLOSE -> {
                world.closed(reader, (payload[0] & 0xff) << 8 | payload[1] & 0xff);
                reader.lost(this);
            }
            default -> push(Reader.json(payload));
        }
    }

    private void push(JsonNode push) {
        if (push.path("id").asInt(1) > 1) {
            commands.answered(push);
            return;
        }
        switch (push.path("type").asString()) {
            case "ok" -> begin(push);
            case "message" -> {
                commands.got(push.path("channel").asString());
                reader.message(push);
                reader.cursorOfPlaces();
            }
            case "gap" -> {
                commands.got(push.path("channel").asString());
                reader.gap(push);
                reader.cursorOfPlaces();
            }
            case "drain" -> world.hinted(push.path("reconnect_after_ms").asInt());
            case "error" -> throw new Violation("a subscribe is answered per channel", push.toString());
            case "signal" -> {
                commands.got(push.path("channel").asString());
                world.truth().signal(push);
            }
            default -> {
                // welcome and presence have no place in the order
            }
        }
    }

    private void begin(JsonNode reply) {
        for (var channel : reply.path("channels")) {
            if (channel.has("error")) {
                world.refused(
                        reader,
                        channel.path("error").path("code").asString(),
                        channel.path("error").toString());
                reader.leave(false);
                return;
            }
        }
        subscribed = true;
        for (var channel : reply.path("channels")) {
            if (channel.path("recovered").asBoolean()) {
                reader.begins(
                        channel.path("channel").asString(),
                        Reader.parsed(channel.path("position").asString()));
            }
        }
        reader.cursorOfPlaces();
    }
}
