package io.sluice.simulation;

import io.sluice.hub.Position;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What was promised to anybody so far, and may never be otherwise. */
final class Truth {
    private final Map<Position, String> contents = new HashMap<>();
    private final Map<String, Position> newestAcknowledged = new HashMap<>();
    private final Map<String, Stored> keys = new HashMap<>();
    private final Map<String, Set<Long>> epochs = new HashMap<>();
    private final Map<String, Position> markers = new HashMap<>();
    private final Set<String> signals = new HashSet<>();
    private final Map<String, Integer> losses = new HashMap<>();
    private final long windowMillis;

    /** @param windowMillis how long an idempotency key is remembered */
    Truth(long windowMillis) {
        this.windowMillis = windowMillis;
    }

    private record Stored(Position position, long timeMillis) {}

    /** Somebody was shown this publication. */
    void shown(String channel, Position position, String data) {
        var before = contents.putIfAbsent(position, data);
        Violation.unless(
                before == null || before.equals(data),
                "a position is one publication for ever",
                channel + " " + position + " was " + before + " and is " + data);
        epoch(channel, position.epoch());
    }

    /** Somebody was shown this epoch of a channel: there is a new one only when the log may have been lost. */
    void epoch(String channel, long epoch) {
        var known = epochs.computeIfAbsent(channel, c -> new HashSet<>());
        if (known.add(epoch) && known.size() > 1) {
            Violation.unless(
                    known.size() - 1 <= losses.getOrDefault(channel, 0),
                    "an epoch changes only when something was lost",
                    channel + " at " + epoch);
            newestAcknowledged.remove(channel);
        }
    }

    /** From here on a channel may begin one more epoch. */
    void mayLose(String channel) {
        losses.merge(channel, 1, Integer::sum);
    }

    /** From here on read markers may be what they were before. */
    void mayLoseMarkers() {
        markers.clear();
    }

    /** How far a user has read, as far as anybody was told, or null. */
    @Nullable
    Position marker(String channel, String user) {
        return markers.get(channel + " " + user);
    }

    /** A user's read marker is here, or null, says the answer to somebody who asked when it was at {@code before}. */
    void marked(String channel, String user, @Nullable Position before, @Nullable Position marker) {
        Violation.unless(
                before == null
                        || marker != null && (before.epoch() != marker.epoch() || marker.offset() >= before.offset()),
                "a read marker only moves forward",
                user + " had read " + channel + " to " + before + " and now to " + marker);
        if (marker != null) {
            markers.merge(
                    channel + " " + user, marker, (a, b) -> a.epoch() == b.epoch() && a.offset() > b.offset() ? a : b);
        }
    }

    /** Every marker that anybody was told: {@code channel user}, and where it was. */
    Map<String, Position> markers() {
        return Map.copyOf(markers);
    }

    /** Somebody sends a signal. */
    void signalled(String channel, String data) {
        signals.add(channel + " " + data);
    }

    /** Somebody got a signal. */
    void signal(JsonNode signal) {
        var channel = signal.path("channel").asString();
        var data = signal.path("data").toString();
        Violation.unless(
                !signal.path("event").asString().equals("typing") || signals.contains(channel + " " + data),
                "a signal is one that was sent",
                channel + " " + data);
    }

    /** A publish was answered. */
    void acknowledged(
            String channel,
            @Nullable String key,
            Position position,
            String data,
            long timeMillis,
            long sentMillis,
            boolean replayed) {
        if (key != null) {
            var first = keys.get(key);
            Violation.unless(
                    first == null
                            || first.position.equals(position)
                            || first.position.epoch() != position.epoch()
                            || Math.abs(timeMillis - first.timeMillis) >= windowMillis,
                    "a repeated key appends once, and gets the first position back",
                    key + " was " + first + " and is " + position + " of " + timeMillis);
            Violation.unless(
                    !replayed || sentMillis < timeMillis + windowMillis,
                    "a key is forgotten after its window",
                    key + " of " + timeMillis + " at " + sentMillis);
            keys.put(key, new Stored(position, timeMillis));
        }
        if (!replayed) {
            shown(channel, position, data);
            newestAcknowledged.merge(
                    channel, position, (a, b) -> a.epoch() != b.epoch() || b.offset() > a.offset() ? b : a);
        }
    }

    /** A channel says that this is its newest publication. */
    void newest(String channel, Position newest) {
        epoch(channel, newest.epoch());
        var acknowledged = newestAcknowledged.get(channel);
        Violation.unless(
                acknowledged == null
                        || acknowledged.epoch() != newest.epoch()
                        || newest.offset() >= acknowledged.offset(),
                "what was acknowledged is there",
                channel + " ends at " + newest + " and " + acknowledged + " was acknowledged");
    }
}
