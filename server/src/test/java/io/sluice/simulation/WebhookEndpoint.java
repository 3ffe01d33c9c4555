package io.sluice.simulation;

import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Outcome;
import io.sluice.hub.Position;
import io.sluice.hub.Start;
import io.sluice.hub.transport.SimulatedWebhooks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook calls: it takes, refuses, hangs and breaks off, and holds what comes against the order of each channel. A
 * process that ends may repeat the one call whose answer it had not stored; nothing else comes twice once it was taken.
 */
final class WebhookEndpoint {
    final List<ChannelName> channels;
    private final World world;
    private final List<Call> open = new ArrayList<>();
    private final Map<String, Position> taken = new HashMap<>();
    /** Taken in a life that is over and perhaps not stored: by channel, at most the last of each life. */
    private final Map<String, Position> mayRepeat = new HashMap<>();

    private @Nullable Call last;
    private boolean wellBehaved;

    private record Call(SimulatedWebhooks.Call call, String channel, Position begin, Position end) {}

    WebhookEndpoint(List<ChannelName> channels, World world) {
        this.channels = channels;
        this.world = world;
    }

    /** A call begins. */
    void came(SimulatedWebhooks.Call call) {
        var json = Reader.json(call.body());
        boolean gap = json.path("type").asString("").equals("gap");
        var channel = json.path("channel").asString();
        var begin = Reader.parsed(json.path(gap ? "from" : "position").asString());
        var end = gap ? Reader.parsed(json.path("to").asString()) : begin;
        world.said("the webhook calls with %s of %s %s to %s", gap ? "the gap" : "a publication", channel, begin, end);
        Violation.unless(
                open.stream().allMatch(other -> other.call.isOver()), "one call at a time", channel + " " + begin);
        var place = taken.get(channel);
        boolean follows = place == null || begin.equals(new Position(place.epoch(), place.offset() + 1));
        boolean repeats = begin.equals(mayRepeat.get(channel));
        Violation.unless(
                follows || repeats,
                "a webhook is in order, nothing twice but the last, nothing missing without a gap",
                "the endpoint stood at " + place + " of " + channel + " and gets " + begin);
        if (gap) {
            world.truth().epoch(channel, end.epoch());
        } else {
            world.truth().shown(channel, begin, json.path("data").toString());
        }
        open.add(new Call(call, channel, begin, end));
    }

    /** A call that is under way ends; false when there is none. */
    boolean answer(Random random) {
        open.removeIf(each -> each.call.isOver());
        if (open.isEmpty()) {
            return false;
        }
        var now = open.removeLast();
        int dice = wellBehaved ? 9 : random.nextInt(12);
        if (dice == 0) {
            open.add(now); // it hangs for a while
        } else if (dice == 1) {
            world.said("the endpoint answers 503");
            now.call.answer(503);
        } else if (dice == 2) {
            world.said("the endpoint takes it, and its answer is lost");
            now.call.breakOff();
        } else {
            world.said("the endpoint takes %s of %s", now.end, now.channel);
            taken.put(now.channel, now.end);
            last = now;
            mayRepeat.remove(now.channel);
            now.call.answer(204);
        }
        return dice != 0;
    }

    /** From here on it takes everything at once. */
    void behave() {
        wellBehaved = true;
    }

    /** The process has ended, and with it all calls; {@code all} when it may have forgotten where the endpoint stands. */
    void serverEnded(boolean all) {
        open.clear();
        if (last != null) {
            mayRepeat.put(last.channel, last.begin);
            last = null;
        }
        if (all) {
            taken.clear();
        }
    }

    /**
     * What the endpoint has not taken of a channel that ends at {@code newest}; empty when it has everything.
     *
     * @param cursor where the server says that it stands
     */
    String behind(ChannelName channel, Position newest, String cursor) {
        if (!channels.contains(channel)) {
            return "";
        }
        var stands = Cursor.parse(cursor, channels) instanceof Outcome.Done<List<Start>>(var starts)
                        && starts.get(channels.indexOf(channel)) instanceof Start.After(var position)
                ? position
                : null;
        if (!newest.equals(stands)) {
            return "the webhook is at " + stands + " of " + channel + ", which ends at " + newest;
        }
        var place = taken.get(channel.value());
        Violation.unless(
                place == null || place.equals(stands),
                "a webhook stands where its endpoint does",
                "at " + stands + " of " + channel + ", and the endpoint has taken " + place);
        return "";
    }
}
