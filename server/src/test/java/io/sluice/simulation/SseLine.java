package io.sluice.simulation;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A reader on server-sent events. */
final class SseLine implements Reader.Line {
    private final Reader reader;
    private final World world;
    private final Connection connection;
    private final StringBuilder ahead = new StringBuilder();
    private boolean begun;

    SseLine(Reader reader, World world, SimulatedServer server) {
        this.reader = reader;
        this.world = world;
        var query = reader.query();
        query.put("after", List.of(reader.cursor()));
        connection = server.send(
                SimulatedExchange.Request.get("/v1/events", query),
                this,
                world.random().nextInt(2),
                world.window());
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public Reader.Kind kind() {
        return Reader.Kind.SSE;
    }

    @Override
    public boolean subscribed() {
        return begun;
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
        ahead.append(new String(bytes, StandardCharsets.ISO_8859_1));
        for (int end = ahead.indexOf("\n\n"); end >= 0 && reader.isCurrent(this); end = ahead.indexOf("\n\n")) {
            var event = ahead.substring(0, end);
            ahead.delete(0, end + 2);
            event(event);
        }
    }

    private void event(String event) {
        var id = field(event, "id: ");
        var data = field(event, "data: ");
        var retry = field(event, "retry: ");
        if (!begun) {
            Violation.unless(!id.isEmpty() && !retry.isEmpty(), "a stream begins with retry and a cursor", event);
            begun = true;
        } else if (!retry.isEmpty()) {
            world.hinted(Integer.parseInt(retry));
        }
        switch (field(event, "event: ")) {
            case "gap" -> reader.gap(Reader.json(data));
            case "message" -> reader.message(Reader.json(data));
            case "signal" -> world.truth().signal(Reader.json(data));
            default -> {
                // presence and comments
            }
        }
        if (!id.isEmpty()) {
            reader.cursor(id);
        }
    }

    private static String field(String event, String name) {
        for (var line : event.split("\n")) {
            if (line.startsWith(name)) {
                return line.substring(name.length());
            }
        }
        return "";
    }
}
