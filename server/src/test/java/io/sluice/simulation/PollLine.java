package io.sluice.simulation;

import java.util.List;

/** A reader's one poll. */
final class PollLine implements Reader.Line {
    private final Reader reader;
    private final World world;
    private final Connection connection;
    private final Reader.Kind kind;

    PollLine(Reader reader, World world, SimulatedServer server, Reader.Kind kind) {
        this.reader = reader;
        this.world = world;
        this.kind = kind;
        var query = reader.query();
        query.put("after", List.of(reader.cursor()));
        query.put("limit", List.of(Integer.toString(1 + world.random().nextInt(8))));
        if (kind == Reader.Kind.LONGPOLL) {
            query.put("wait", List.of("20"));
        }
        connection = server.send(
                SimulatedExchange.Request.get("/v1/messages", query),
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
        return kind;
    }

    @Override
    public boolean subscribed() {
        return false;
    }

    @Override
    public void answered(Connection.Answer answer) {
        switch (answer.status()) {
            case 200 -> {
                var page = Reader.json(answer.body());
                var position = page.path("position").asString();
                if (reader.place(reader.channels.getFirst()) == null) {
                    begin(page, position);
                } else {
                    take(page, position);
                }
            }
            case 204 -> reader.cursor(answer.fields().get("sluice-position"));
            default -> world.refused(reader, answer);
        }
        reader.lost(this);
    }

    /** The first answer of all tells no start: what came before its first publication is not known. */
    private void begin(tools.jackson.databind.JsonNode page, String position) {
        for (var message : page.path("messages")) {
            var at = Reader.parsed(message.path("position").asString());
            world.truth()
                    .shown(
                            message.path("channel").asString(),
                            at,
                            message.path("data").toString());
        }
        reader.cursor(position);
    }

    private void take(tools.jackson.databind.JsonNode page, String position) {
        if (page.has("gap")) {
            reader.gap(page.path("gap"));
        }
        page.path("gaps").forEach(reader::gap);
        page.path("messages").forEach(reader::message);
        reader.cursor(position);
    }

    @Override
    public void received(byte[] bytes) {
        throw new Violation("a poll is answered as a whole", "a part came");
    }

    @Override
    public void ended() {
        reader.lost(this);
    }
}
