package io.sluice.simulation;

import io.sluice.hub.ChannelName;
import io.sluice.hub.Position;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a client on a WebSocket asks besides its first subscribe. Every command is answered once, by its id. */
final class Commands {
    private final Reader reader;
    private final World world;
    private final Consumer<String> send;
    private final BooleanSupplier alive;
    private final Map<Integer, Asked> waiting = new LinkedHashMap<>();
    private final Set<String> left = new HashSet<>();
    private int lastId = 1;

    /** @param alive whether the server that is asked is still the one that runs */
    Commands(Reader reader, World world, Consumer<String> send, BooleanSupplier alive) {
        this.reader = reader;
        this.world = world;
        this.send = send;
        this.alive = alive;
    }

    /** One command under way. */
    private sealed interface Asked {
        String channel();

        record Publish(String channel, String data) implements Asked {}

        record Move(String channel, Position to, @Nullable Position before) implements Asked {}

        record Marker(String channel, @Nullable Position before) implements Asked {}

        record History(String channel) implements Asked {}

        record Presence(String channel) implements Asked {}

        record Signal(String channel) implements Asked {}

        record Leave(String channel) implements Asked {}

        record Return(String channel) implements Asked {}

        record Ping(String channel) implements Asked {}
    }

    /** Asks something; {@code subscribed}: the first subscribe has been answered. */
    void ask(boolean subscribed) {
        var random = world.random();
        var channel = reader.channels.get(random.nextInt(reader.channels.size()));
        var name = channel.value();
        var place = reader.place(channel);
        switch (random.nextInt(subscribed ? 9 : 6)) {
            case 0, 1 -> publish(name);
            case 6 -> move(channel);
            case 2 -> marker(channel);
            case 3 -> {
                var limit = ",\"limit\":" + (1 + random.nextInt(6));
                var from = place == null || random.nextBoolean()
                        ? ",\"after\":\"earliest\""
                        : ",\"before\":\"" + place + "\"";
                send(new Asked.History(name), "history", limit + from);
            }
            case 7 -> send(new Asked.Presence(name), "presence", "");
            case 4 -> {
                world.truth().signalled(name, Integer.toString(lastId));
                send(new Asked.Signal(name), "signal", ",\"event\":\"typing\",\"data\":" + lastId);
            }
            case 8 -> leaveOrComeBack(channel, place);
            default -> send(new Asked.Ping(name), "ping", "");
        }
    }

    /** Moves the user's read marker in a channel to where this client has been, if it has been anywhere. */
    void move(ChannelName channel) {
        var name = channel.value();
        var place = reader.place(channel);
        if (place != null && place.offset() > 0) {
            var to = new Position(place.epoch(), 1 + world.random().nextInt((int) place.offset()));
            var before = world.truth().marker(name, reader.user);
            send(new Asked.Move(name, to, before), "read", ",\"position\":\"" + to + "\"");
        }
    }

    /** Asks where the user's read marker in a channel is. */
    void marker(ChannelName channel) {
        var name = channel.value();
        send(new Asked.Marker(name, world.truth().marker(name, reader.user)), "read", "");
    }

    /** What is not subscribed any more is subscribed again. */
    void comeBack() {
        for (var channel : reader.channels) {
            var place = reader.place(channel);
            if (place != null && left.contains(channel.value()) && !isWaiting(channel.value())) {
                leaveOrComeBack(channel, place);
            }
        }
    }

    /** True when every command was answered and every channel is subscribed. */
    boolean isAtRest() {
        return waiting.isEmpty() && left.isEmpty();
    }

    /** A publication, gap or presence of this channel came. */
    void got(String channel) {
        Violation.unless(!left.contains(channel), "who has unsubscribed gets nothing", reader + " of " + channel);
    }

    void answered(JsonNode reply) {
        var asked = waiting.remove(reply.path("id").asInt());
        if (asked == null) {
            throw new Violation("a command is answered once", reply.toString());
        }
        world.said("%s is answered %s: %s", reader, asked, reply);
        if (reply.path("type").asString().equals("error")) {
            world.refused(reader, reply.path("code").asString(), reply.toString());
            return;
        }
        switch (asked) {
            case Asked.Publish(var channel, var data) ->
                world.truth()
                        .acknowledged(
                                channel,
                                null,
                                Reader.parsed(reply.path("position").asString()),
                                data,
                                0,
                                0,
                                false);
            case Asked.Move(var channel, var to, var before) -> {
                var marker = Reader.parsed(reply.path("position").asString());
                Violation.unless(
                        marker.epoch() != to.epoch() || marker.offset() >= to.offset(),
                        "a marker is where it was moved to, or further",
                        to + " of " + channel + " gave " + marker);
                marked(channel, before, marker);
            }
            case Asked.Marker(var channel, var before) ->
                marked(channel, before, Reader.parsedOrNull(reply.path("position")));
            case Asked.History(var channel) -> history(channel, reply);
            case Asked.Presence(var channel) -> {
                var users = new TreeSet<String>();
                reply.path("users").forEach(user -> users.add(user.path("id").asString()));
                Violation.unless(
                        left.contains(channel) || isWaiting(channel) || users.contains(reader.user),
                        "who is subscribed is present",
                        reader.user + " in " + channel + ": " + users);
            }
            case Asked.Leave(var channel) -> left.add(channel);
            case Asked.Return(var channel) -> {
                left.remove(channel);
                if (reply.path("recovered").asBoolean()) {
                    reader.begins(channel, Reader.parsed(reply.path("position").asString()));
                }
            }
            case Asked.Signal signal -> {}
            case Asked.Ping ping ->
                Violation.unless(reply.path("type").asString().equals("pong"), "a ping gets a pong", reply.toString());
        }
    }

    /** What a server said that is no more may have been lost with it. */
    private void marked(String channel, @Nullable Position before, @Nullable Position marker) {
        if (alive.getAsBoolean()) {
            world.truth().marked(channel, reader.user, before, marker);
        }
    }

    private void publish(String channel) {
        var data = world.newData();
        send(new Asked.Publish(channel, data), "publish", ",\"data\":" + data);
    }

    private void leaveOrComeBack(ChannelName channel, @Nullable Position place) {
        var name = channel.value();
        if (place == null || isWaiting(name)) {
            return;
        }
        if (left.contains(name)) {
            send(new Asked.Return(name), "subscribe", ",\"after\":\"" + place + "\"");
        } else {
            send(new Asked.Leave(name), "unsubscribe", "");
        }
    }

    /** Whether the subscription of a channel is about to change. */
    private boolean isWaiting(String channel) {
        return waiting.values().stream()
                .anyMatch(asked -> asked.channel().equals(channel)
                        && (asked instanceof Asked.Leave || asked instanceof Asked.Return));
    }

    private void history(String channel, JsonNode page) {
        Position before = null;
        for (var message : page.path("messages")) {
            var at = Reader.parsed(message.path("position").asString());
            Violation.unless(
                    before == null || at.equals(new Position(before.epoch(), before.offset() + 1)),
                    "history has no holes",
                    at + " follows " + before + " of " + channel);
            world.truth().shown(channel, at, message.path("data").toString());
            before = at;
        }
    }

    private void send(Asked asked, String type, String members) {
        int id = ++lastId;
        world.said("%s asks %d: %s", reader, id, asked);
        waiting.put(id, asked);
        send.accept(
                "{\"id\":" + id + ",\"type\":\"" + type + "\",\"channel\":\"" + asked.channel() + "\"" + members + "}");
    }
}
