package io.sluice.simulation;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Outcome;
import io.sluice.hub.Position;
import io.sluice.hub.Start;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client that follows its channels over any transport, keeps nothing but its cursor when it changes from one to another, and
 * holds everything it is told against the order of each channel.
 */
final class Reader {
    private static final JsonMapper JSON = new JsonMapper();

    final int number;
    final String user;
    final List<ChannelName> channels;
    private final World world;
    private final Map<String, Position> places = new LinkedHashMap<>();
    private String cursor;
    private @Nullable Line line;

    /** @param from {@code earliest} or {@code latest} */
    Reader(int number, String user, List<ChannelName> channels, String from, World world) {
        this.number = number;
        this.user = user;
        this.channels = channels;
        this.cursor = from;
        this.world = world;
    }

    /** The transports that a reader knows. */
    enum Kind {
        WEBSOCKET,
        SSE,
        POLL,
        LONGPOLL;

        static final List<Kind> ALL = List.of(values());
    }

    /** One connection of this reader, in its protocol. */
    interface Line extends Connection.Client {
        Connection connection();

        Kind kind();

        /** True while the client counts as there, as far as it was told. */
        boolean subscribed();
    }

    boolean isConnected() {
        return line != null;
    }

    @Nullable
    Line line() {
        return line;
    }

    void connect(Kind kind) {
        var server = world.server();
        if (line != null || server == null) {
            return;
        }
        world.said("%s opens %s after %s", this, kind, cursor);
        line = switch (kind) {
            case WEBSOCKET -> new WebSocketLine(this, world, server);
            case SSE -> new SseLine(this, world, server);
            case POLL, LONGPOLL -> new PollLine(this, world, server, kind);
        };
    }

    /** Closes, or vanishes without a word. */
    void leave(boolean silently) {
        if (line != null) {
            world.said("%s %s", this, silently ? "vanishes" : "closes");
            if (silently) {
                line.connection().vanish(world.clock().nanos());
            } else {
                line.connection().cut();
            }
            line = null;
        }
    }

    /** The connection of {@code ended} is over. */
    void lost(Line ended) {
        if (line == ended) {
            world.said("%s is disconnected", this);
            line = null;
        }
    }

    boolean isCurrent(Line asking) {
        return line == asking;
    }

    /** The cursor as it goes into a query. */
    String cursor() {
        return cursor;
    }

    /** Where this reader stands in a channel, or null before it has been told. */
    @Nullable
    Position place(ChannelName channel) {
        return places.get(channel.value());
    }

    /** A reader is told where it begins: where it was, or anywhere when it had no place yet. */
    void begins(String channel, Position at) {
        var before = places.putIfAbsent(channel, at);
        Violation.unless(
                before == null || before.equals(at),
                "a reader goes on where it was",
                this + " was at " + before + " of " + channel + " and begins at " + at);
        world.truth().epoch(channel, at.epoch());
    }

    void message(JsonNode publication) {
        var channel = publication.path("channel").asString();
        var position = parsed(publication.path("position").asString());
        var data = publication.path("data").toString();
        world.said("%s gets %s %s: %s", this, channel, position, data);
        var place = places.get(channel);
        Violation.unless(
                place != null && position.equals(new Position(place.epoch(), place.offset() + 1)),
                "in order, nothing twice, nothing missing without a gap",
                this + " stood at " + place + " of " + channel + " and gets " + position);
        world.truth().shown(channel, position, data);
        places.put(channel, position);
    }

    void gap(JsonNode gap) {
        var channel = gap.path("channel").asString();
        var from = parsed(gap.path("from").asString());
        var to = parsed(gap.path("to").asString());
        world.said("%s is told the gap %s %s to %s", this, channel, from, to);
        var place = places.get(channel);
        Violation.unless(
                place != null && from.equals(new Position(place.epoch(), place.offset() + 1)),
                "a gap begins where the reader stands",
                this + " stood at " + place + " of " + channel + " and is told a gap from " + from);
        Violation.unless(
                to.epoch() != from.epoch() || to.offset() >= from.offset(),
                "a gap is not empty",
                from + " to " + to + " in " + channel);
        world.truth().epoch(channel, to.epoch());
        places.put(channel, to);
    }

    /** The cursor after what was received; it must hold every channel's place. */
    void cursor(String text) {
        if (!(Cursor.parse(text, channels) instanceof Outcome.Done<List<Start>>(var starts))) {
            throw new Violation("a cursor is valid", text);
        }
        for (int i = 0; i < starts.size(); i++) {
            var channel = channels.get(i).value();
            if (!(starts.get(i) instanceof Start.After(var position))) {
                throw new Violation("a cursor holds every channel", text);
            }
            begins(channel, position);
        }
        cursor = text;
    }

    /** The cursor where the protocol gives none but the positions: all of them, one after the other. */
    void cursorOfPlaces() {
        if (places.size() == channels.size()) {
            cursor = String.join(
                    ",", places.values().stream().map(Position::toString).toList());
        }
    }

    static JsonNode json(byte[] text) {
        return JSON.readTree(text);
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    /** The position in a member that may be absent or null. */
    static @Nullable Position parsedOrNull(JsonNode member) {
        return member.isMissingNode() || member.isNull() ? null : parsed(member.asString());
    }

    static Position parsed(String text) {
        var position = Position.parse(text);
        if (position == null) {
            throw new Violation("a position is one", text);
        }
        return position;
    }

    Map<String, List<String>> query() {
        var query = new LinkedHashMap<String, List<String>>();
        query.put("channel", channels.stream().map(ChannelName::value).toList());
        query.put("user", List.of(user));
        return query;
    }

    static HttpHeaders fields(String... pairs) {
        var fields = new DefaultHttpHeaders();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.set(pairs[i], pairs[i + 1]);
        }
        return fields;
    }

    @Override
    public String toString() {
        return "reader " + number;
    }
}
