package io.sluice.simulation;

import io.sluice.hub.ChannelName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whatever clients send: publications over HTTP, and what readers ask and move over their WebSockets. */
final class Senders {
    /** Publishes without an answer yet. */
    final List<Publish> underWay = new ArrayList<>();

    private final Simulation run;
    /** The channels that are published to. */
    private final List<String> busy;

    private int published;

    Senders(Simulation run, List<String> busy) {
        this.run = run;
        this.busy = busy;
    }

    /** Data that nobody has published before; its number is never one that has a key. */
    String newData() {
        published++;
        return Integer.toString(published % 3 == 0 ? ++published : published);
    }

    /** Somebody publishes: something new, the same once more, or only behind what it knows as the newest. */
    void publish() {
        var server = run.server();
        if (server == null) {
            return;
        }
        var random = run.random();
        if (!underWay.isEmpty() && random.nextInt(6) == 0) {
            var again = underWay.get(random.nextInt(underWay.size()));
            send(server, again.channel, again.data, again.key);
            return;
        }
        var reader = run.reader();
        var channel = reader.channels.getFirst();
        var place = reader.place(channel);
        if (place != null && busy.contains(channel.value()) && random.nextInt(8) == 0) {
            underWay.add(new Publish(run, server, channel.value(), newData(), null, place));
            return;
        }
        int number = random.nextInt(5) == 0 && published > 0 ? Math.max(1, published - random.nextInt(4)) : ++published;
        // Every third publication has a key; the same number is the same publication.
        var key = number % 3 == 0 ? "key-" + number : null;
        send(server, busy.get(number * 7 % busy.size()), Integer.toString(number), key);
    }

    private void send(SimulatedServer server, String channel, String data, @Nullable String key) {
        underWay.add(new Publish(run, server, channel, data, key, null));
    }

    /** Somebody on a WebSocket asks something. */
    void command() {
        var random = run.random();
        int first = random.nextInt(run.readers.size());
        for (int i = 0; i < run.readers.size(); i++) {
            var reader = run.readers.get((first + i) % run.readers.size());
            if (reader.line() instanceof WebSocketLine line) {
                if (random.nextInt(4) == 0) {
                    moveMarkers(reader.user, reader.channels.get(random.nextInt(reader.channels.size())));
                    return;
                }
                for (int more = random.nextInt(3); more >= 0; more--) {
                    line.ask();
                }
                return;
            }
        }
    }

    /** All of a user's sessions move its read marker in a channel, each to another place, and some ask where it is. */
    private void moveMarkers(String user, ChannelName channel) {
        for (var reader : run.readers) {
            if (reader.user.equals(user)
                    && reader.channels.contains(channel)
                    && reader.line() instanceof WebSocketLine line
                    && line.subscribed()) {
                line.commands().move(channel);
                if (run.random().nextInt(3) == 0) {
                    line.commands().marker(channel);
                }
            }
        }
    }
}
