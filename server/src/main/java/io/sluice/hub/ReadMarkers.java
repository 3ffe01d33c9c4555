package io.sluice.hub;

import io.sluice.auth.Identity;
import io.sluice.auth.Verb;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Loop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How far each user has read each channel. A marker only moves forward; moving it tells those present. Thread-safe. */
public final class ReadMarkers {
    private final Hub hub;

    public ReadMarkers(Hub hub) {
        this.hub = hub;
    }

    /**
     * Where a user stands.
     *
     * @param position the marker, or null when there is none
     * @param unread how many held publications are after it
     */
    public record Marker(@Nullable Position position, long unread) {}

    /** Reads the caller's marker. {@code result} runs on {@code loop}. */
    public void get(Identity identity, ChannelName name, Loop loop, Consumer<Outcome<Marker>> result) {
        held(
                identity,
                name,
                loop,
                result,
                (channel, user) -> stored(channel, user, found -> {
                    switch (found) {
                        case Outcome.Done<Optional<Position>>(var position) ->
                            finish(channel, position.orElse(null), loop, result);
                        case Outcome.Refused<Optional<Position>>(var problem) -> {
                            channel.release();
                            loop.execute(() -> result.accept(new Outcome.Refused<>(problem)));
                        }
                    }
                }));
    }

    /** Moves the caller's marker to {@code position} unless it is further already. {@code result} runs on {@code loop}. */
    public void move(
            Identity identity, ChannelName name, Position position, Loop loop, Consumer<Outcome<Marker>> result) {
        held(identity, name, loop, result, (channel, user) -> {
            if (new Start.After(position).resolve(channel.log()) instanceof Start.Resolved.Bad(var problem)) {
                channel.release();
                result.accept(new Outcome.Refused<>(problem));
                return;
            }
            stored(channel, user, found -> {
                // What cannot be read now is compared when it is stored.
                if (found instanceof Outcome.Done<Optional<Position>>(var current)
                        && current.isPresent()
                        && !isAhead(position, current.get(), channel.log())) {
                    finish(channel, current.get(), loop, result);
                    return;
                }
                store(channel, user, position, done -> {
                    if (done) {
                        moved(channel, user, position, loop, result);
                    } else {
                        channel.release();
                        loop.execute(() -> result.accept(new Outcome.Refused<>(
                                Problem.of(ClientError.STORAGE_UNAVAILABLE, "the read marker could not be stored"))));
                    }
                });
            });
        });
    }

    /** Another move of the same user may have overtaken this one: the marker is what is stored now. */
    private void moved(
            HubChannel channel, String user, Position position, Loop loop, Consumer<Outcome<Marker>> result) {
        stored(channel, user, found -> {
            var marker =
                    found instanceof Outcome.Done<Optional<Position>>(var stored) ? stored.orElse(position) : position;
            if (marker.equals(position)) {
                tell(channel, user, position);
            }
            finish(channel, marker, loop, result);
        });
    }

    /** The marker of {@code user}; refused where it cannot be read. */
    private void stored(HubChannel channel, String user, Consumer<Outcome<Optional<Position>>> marker) {
        hub.engine(channel)
                .state()
                .get(
                        KeyedState.Kind.MARKERS,
                        key(channel, user),
                        found -> marker.accept(
                                switch (found) {
                                    case Outcome.Done<Optional<byte[]>>(var value) ->
                                        new Outcome.Done<>(value.map(ReadMarkers::decode));
                                    case Outcome.Refused<Optional<byte[]>>(var problem) ->
                                        new Outcome.Refused<>(problem);
                                }));
    }

    private void store(HubChannel channel, String user, Position position, Consumer<Boolean> done) {
        var marker = new KeyedState.Merge(
                KeyedState.Kind.MARKERS, key(channel, user), encode(position), ReadMarkers::further);
        hub.engine(channel).state().update(List.of(marker), done);
    }

    private static String key(HubChannel channel, String user) {
        return channel.name() + "\0" + user;
    }

    private static byte[] encode(Position position) {
        return ByteBuffer.allocate(16)
                .putLong(position.epoch())
                .putLong(position.offset())
                .array();
    }

    private static Position decode(byte[] value) {
        var in = ByteBuffer.wrap(value);
        return new Position(in.getLong(), in.getLong());
    }

    /** A marker only moves forward within an epoch. */
    private static byte[] further(byte[] stored, byte[] offered) {
        var from = decode(stored);
        var to = decode(offered);
        return from.epoch() == to.epoch() && from.offset() > to.offset() ? stored : offered;
    }

    private interface Held {
        void with(HubChannel channel, String user);
    }

    private void held(Identity identity, ChannelName name, Loop loop, Consumer<Outcome<Marker>> result, Held action) {
        var user = identity.user();
        if (user == null) {
            result.accept(new Outcome.Refused<>(
                    Problem.of(ClientError.UNAUTHENTICATED, "a read marker belongs to a user: authenticate first")));
            return;
        }
        hub.withChannel(identity, Verb.HISTORY, name, loop, outcome -> {
            switch (outcome) {
                case Outcome.Done<HubChannel>(var channel) -> action.with(channel, user);
                case Outcome.Refused<HubChannel>(var problem) -> result.accept(new Outcome.Refused<>(problem));
            }
        });
    }

    private static void finish(
            HubChannel channel, @Nullable Position position, Loop loop, Consumer<Outcome<Marker>> result) {
        channel.release();
        loop.execute(() -> result.accept(new Outcome.Done<>(marker(channel.log(), position))));
    }

    private static Marker marker(ChannelLog log, @Nullable Position position) {
        long held = log.newest() - log.oldest() + 1;
        boolean counts = position != null && position.epoch() == log.epoch();
        return new Marker(
                position, counts && position != null ? Math.min(held, log.newest() - position.offset()) : held);
    }

    private static boolean isAhead(Position candidate, Position current, ChannelLog log) {
        return candidate.epoch() == current.epoch()
                ? candidate.offset() > current.offset()
                : candidate.epoch() == log.epoch();
    }

    private static void tell(HubChannel channel, String user, Position position) {
        var data = "{\"position\":\"" + position + "\"}";
        channel.fanOut().notice(new Notice.Signal(channel.name(), "read", user, data.getBytes(StandardCharsets.UTF_8)));
    }
}
