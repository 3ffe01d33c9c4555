package io.sluice.hub.transport;

import io.sluice.http.Problem;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Hub;
import io.sluice.hub.Outcome;
import io.sluice.hub.Session;
import io.sluice.hub.Start;
import io.sluice.hub.wire.ProtobufMessages;
import io.sluice.proto.v1.Subscribed;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Subscribes a session to one channel after the other. Confined to the session's loop. */
final class GrpcSubscribing {
    private final Hub hub;
    private final Session session;
    private final Queue<Map.Entry<ChannelName, Start>> left;
    private final @Nullable Consumer<Problem> refused;
    private final Consumer<Subscribed> done;
    private final Subscribed.Builder begun = Subscribed.newBuilder();

    private GrpcSubscribing(
            Hub hub,
            Session session,
            Map<ChannelName, Start> starts,
            @Nullable Consumer<Problem> refused,
            Consumer<Subscribed> done) {
        this.hub = hub;
        this.session = session;
        this.left = new ArrayDeque<>(starts.entrySet());
        this.refused = refused;
        this.done = done;
    }

    /** All or nothing: with the first refusal it stops. */
    static void all(
            Hub hub,
            Session session,
            Map<ChannelName, Start> starts,
            Consumer<Problem> refused,
            Consumer<Subscribed> done) {
        new GrpcSubscribing(hub, session, starts, refused, done).next();
    }

    /** Each for itself: {@code done} tells which were refused. */
    static void each(Hub hub, Session session, Map<ChannelName, Start> starts, Consumer<Subscribed> done) {
        new GrpcSubscribing(hub, session, starts, null, done).next();
    }

    private void next() {
        if (session.isClosed()) {
            return;
        }
        var next = left.poll();
        if (next == null) {
            done.accept(begun.build());
            return;
        }
        var channel = Subscribed.Channel.newBuilder().setChannel(next.getKey().value());
        hub.subscribe(session, next.getKey(), next.getValue(), outcome -> {
            switch (outcome) {
                case Outcome.Refused<Hub.Subscribed>(var problem)
                when refused != null -> {
                    refused.accept(problem);
                    return;
                }
                case Outcome.Refused<Hub.Subscribed>(var problem) ->
                    begun.addChannels(channel.setProblem(ProtobufMessages.problem(problem)));
                case Outcome.Done<Hub.Subscribed>(var subscribed) ->
                    begun.addChannels(channel.setPosition(subscribed.position().toString())
                            .setRecovered(subscribed.recovered()));
            }
            next();
        });
    }
}
