package io.sluice.simulation;

import io.sluice.hub.ChannelName;
import io.sluice.hub.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The end of a run: the world works again, everybody reads on, and everything must come to rest as promised. */
final class Ending {
    private static final int ROUNDS = 400;

    private final Simulation run;

    Ending(Simulation run) {
        this.run = run;
    }

    void play() {
        run.said("the world works again");
        workAgain();
        everybodyCatchesUp();
        readEverything();
        markersAreThere();
        usersAreThere();
        everybodyLeaves();
        closeDown();
    }

    /** With a server that is not going away, on a disk that works. */
    private void workAgain() {
        for (int attempt = 0; attempt < 2; attempt++) {
            var open = run.server();
            if (open == null || open.isDraining()) {
                run.guarded(run::stop);
                run.start();
            }
            run.guarded(run::repair);
        }
        settle();
        if (run.endpoint != null) {
            run.endpoint.behave();
        }
        for (var reader : run.readers) {
            var line = reader.line();
            if (line != null) {
                line.connection().stall(false);
            }
        }
    }

    private SimulatedServer server() {
        var open = run.server();
        if (open == null) {
            throw new Violation("a server runs to the end", "there is none");
        }
        return open;
    }

    /** Everything that is due happens. */
    private void settle() {
        boolean more = true;
        for (int i = 0; more; i++) {
            boolean worked = run.work();
            more = run.arrive() || worked;
            Violation.unless(i < 200_000, "everything comes to rest", "it goes on and on");
        }
    }

    private void everybodyCatchesUp() {
        for (int round = 0; round < ROUNDS; round++) {
            for (var reader : run.readers) {
                if (reader.line() instanceof WebSocketLine line && line.subscribed()) {
                    if (round < 6) {
                        line.ask();
                    }
                    line.commands().comeBack();
                }
                reader.connect(Reader.Kind.ALL.get((reader.number + round / 8) % 3));
            }
            settle();
            if (round > 8 && run.senders.underWay.isEmpty() && allAreThere()) {
                return;
            }
            run.advance(Duration.ofMillis(200));
        }
        throw new Violation("every reader catches up", behind());
    }

    private boolean allAreThere() {
        return behind().isEmpty();
    }

    private String behind() {
        var behind = new ArrayList<String>();
        for (var channel : server().hub.openChannels()) {
            var newest = new Position(channel.log().epoch(), channel.log().newest());
            run.truth().newest(channel.name().value(), newest);
            for (var reader : run.readers) {
                if (reader.channels.contains(channel.name()) && !newest.equals(reader.place(channel.name()))) {
                    behind.add(reader + " is at " + reader.place(channel.name()) + " of " + channel.name()
                            + ", which ends at " + newest);
                }
            }
            var webhooks = server().webhooks;
            if (run.endpoint != null && webhooks != null) {
                var lacks = run.endpoint.behind(channel.name(), newest, webhooks.cursor());
                if (!lacks.isEmpty()) {
                    behind.add(lacks);
                }
            }
        }
        for (var reader : run.readers) {
            if (reader.line() instanceof WebSocketLine line && !line.commands().isAtRest()) {
                behind.add(reader + " waits for answers");
            }
        }
        run.senders.underWay.forEach(publish -> behind.add("publish " + publish.data + " has no answer"));
        return String.join("; ", behind);
    }

    private void readEverything() {
        for (var channel : List.copyOf(server().hub.openChannels())) {
            var name = channel.name();
            var page = get(
                    "/v1/channels/" + name + "/messages",
                    Map.of("after", List.of("earliest"), "limit", List.of("1000")));
            var times = new HashMap<String, Long>();
            long expected = channel.log().oldest();
            for (var message : page.path("messages")) {
                var position = Reader.parsed(message.path("position").asString());
                var data = message.path("data").toString();
                Violation.unless(position.offset() == expected++, "a log has no holes", position + " in " + name);
                run.truth().shown(name.value(), position, data);
                once(name, data, Instant.parse(message.path("time").asString()).toEpochMilli(), times);
            }
            long newest = channel.log().newest();
            Violation.unless(expected == newest + 1, "all that is held is read", name + " up to " + expected);
            long held = newest - channel.log().oldest() + 1;
            Violation.unless(
                    held == Math.min(newest, channel.settings().maxMessages()),
                    "a channel keeps as much as it should",
                    name + " holds " + held + " of " + newest);
        }
    }

    /** What has a key is there once, or again after the key's window. */
    private void once(ChannelName channel, String data, long time, Map<String, Long> times) {
        boolean keyed = Integer.parseInt(data) % 3 == 0;
        var before = times.put(data, time);
        Violation.unless(
                !keyed
                        || before == null
                        || time - before
                                >= run.config
                                        .namespace(channel.namespace())
                                        .idempotencyWindow()
                                        .toMillis(),
                "one key appends once",
                data + " is in " + channel + " twice");
    }

    /** Every user's read marker is where it was said to be, or further. */
    private void markersAreThere() {
        new TreeMap<>(run.truth().markers()).forEach((where, told) -> {
            int space = where.indexOf(' ');
            var channel = where.substring(0, space);
            var user = where.substring(space + 1);
            var reply = get("/v1/channels/" + channel + "/read", Map.of("user", List.of(user)));
            run.truth().marked(channel, user, told, Reader.parsedOrNull(reply.path("position")));
        });
    }

    /** Everybody who is subscribed is there, by user; those who left are gone after the grace. */
    private void usersAreThere() {
        for (int i = 0; i < 8; i++) {
            run.advance(Duration.ofSeconds(2));
            settle();
        }
        var expected = new TreeMap<String, TreeSet<String>>();
        for (var reader : run.readers) {
            var line = reader.line();
            if (line != null && line.subscribed()) {
                reader.channels.forEach(channel -> expected.computeIfAbsent(channel.value(), c -> new TreeSet<>())
                        .add(reader.user));
            }
        }
        for (var channel : List.copyOf(server().hub.openChannels())) {
            var users = new TreeSet<String>();
            get("/v1/channels/" + channel.name() + "/presence", Map.of())
                    .path("users")
                    .forEach(user -> users.add(user.path("id").asString()));
            // Who vanished without a word is there until the network gives them up.
            var wanted = expected.getOrDefault(channel.name().value(), new TreeSet<>());
            Violation.unless(
                    users.containsAll(wanted),
                    "who is subscribed is present",
                    channel.name() + ": " + users + ", not " + wanted);
        }
    }

    private void everybodyLeaves() {
        run.readers.forEach(reader -> reader.leave(false));
        var webhooks = server().webhooks;
        if (webhooks != null) {
            webhooks.pause();
        }
        settle();
        for (int i = 0; i < 4; i++) {
            run.advance(Duration.ofSeconds(30));
            settle();
        }
        Violation.unless(
                server().hub.sessions().count() == 0,
                "who is gone leaves no session",
                "" + server().hub.sessions().count());
        for (var channel : List.copyOf(server().hub.openChannels())) {
            Violation.unless(
                    channel.readers() == 0,
                    "who is gone leaves no reader",
                    channel.name().value());
            var users = get("/v1/channels/" + channel.name() + "/presence", Map.of());
            Violation.unless(users.path("count").asInt() == 0, "who is gone has left", channel.name() + ": " + users);
        }
    }

    private void closeDown() {
        var open = server();
        run.stop();
        while (open.runOne(run.random())) {
            // What is left.
        }
        Violation.unless(open.memory.live() == 0, "every buffer is given back", open.memory.live() + " are not");
    }

    private JsonNode get(String path, Map<String, List<String>> query) {
        var asked = new Asked();
        var connection = server().send(SimulatedExchange.Request.get(path, query), asked, 0, Integer.MAX_VALUE);
        for (int i = 0; i < 10_000 && asked.answer == null; i++) {
            run.work();
            connection.arrive(run.random());
        }
        var answer = asked.answer;
        if (answer == null || answer.status() != 200) {
            throw new Violation("a question is answered", path + ": " + answer);
        }
        return Reader.json(answer.body());
    }

    private static final class Asked implements Connection.Client {
        private Connection.@Nullable Answer answer;

        @Override
        public void answered(Connection.Answer given) {
            answer = given;
        }

        @Override
        public void received(byte[] bytes) {
            throw new Violation("a question is answered as a whole", "a part came");
        }

        @Override
        public void ended() {
            // Without an answer: the loop above finds out.
        }
    }
}
