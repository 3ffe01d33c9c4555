package io.sluice.hub.transport;

import io.netty.buffer.ByteBuf;
import io.sluice.graphql.GraphQlErrors;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Gap;
import io.sluice.hub.Hub;
import io.sluice.hub.Inbox;
import io.sluice.hub.Outcome;
import io.sluice.hub.Position;
import io.sluice.hub.Session;
import io.sluice.hub.Subscription;
import io.sluice.hub.Wire;
import io.sluice.hub.wire.GraphQlWire;
import io.sluice.net.Outlet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of one subscription operation. It first sends a result without a message, whose extensions tell where the
 * reader stands; gaps are told the same way. Over several channels every result tells the cursor. Confined to its loop.
 */
final class GraphQlReader implements Inbox {
    /** What ends a result that tells nothing of its reader. */
    static final byte[] END = {'}'};

    private final Hub hub;
    private final GraphQlFeed feed;
    private final GraphQlWire wire;
    private final GraphQlResponder responder;
    private @Nullable Session session;
    private boolean started;
    private boolean ended;

    GraphQlReader(Hub hub, GraphQlFeed feed, GraphQlWire wire, GraphQlResponder responder) {
        this.hub = hub;
        this.feed = feed;
        this.wire = wire;
        this.responder = responder;
    }

    /** Subscribes to one channel after the other; nothing is sent until all are. */
    void begin(Session of) {
        session = of;
        subscribe(of, 0);
    }

    private void subscribe(Session of, int at) {
        if (ended || of.isClosed()) {
            return;
        }
        if (at == feed.channels().size()) {
            started = true;
            responder.next(wire.nothing(), ending("\"cursor\":\"" + cursor() + "\""));
            of.resume();
            return;
        }
        hub.subscribe(of, this, feed.channels().get(at), feed.starts().get(at), outcome -> {
            switch (outcome) {
                case Outcome.Done<Hub.Subscribed>(var begun)
                when ended -> of.unsubscribe(this, feed.channels().get(at));
                case Outcome.Done<Hub.Subscribed> begun -> subscribe(of, at + 1);
                case Outcome.Refused<Hub.Subscribed>(var problem) -> refuse(of, problem);
            }
        });
    }

    private void refuse(Session of, Problem problem) {
        if (!ended) {
            end();
            hub.refusals().refused(of, problem.error());
            responder.error(List.of(GraphQlErrors.of(problem)));
            if (problem.error() == ClientError.RATE_LIMITED
                    && of.identity().share().abused()) {
                responder.disconnect(Disconnect.RATE_LIMITED);
            }
        }
    }

    /** Ends its interest in all channels. Idempotent. */
    void end() {
        ended = true;
        if (session != null) {
            for (var channel : feed.channels()) {
                session.unsubscribe(this, channel);
            }
        }
    }

    @Override
    public String transport() {
        return "graphql";
    }

    @Override
    public Wire wire() {
        return wire;
    }

    @Override
    public boolean onePublicationAtATime() {
        return feed.channels().size() > 1;
    }

    @Override
    public boolean writable() {
        return started && !ended && responder.writable();
    }

    /** Over one channel a result tells nothing of this reader, whose place its position is. */
    @Override
    public @Nullable Outlet outlet() {
        return started && feed.channels().size() == 1 ? responder.outlet() : null;
    }

    @Override
    public void deliver(Subscription subscription, ByteBuf encoded, long first, long last) {
        responder.next(encoded, feed.channels().size() == 1 ? END : ending("\"cursor\":\"" + cursor() + "\""));
    }

    @Override
    public void gap(Subscription subscription, Gap gap) {
        responder.next(
                wire.nothing(),
                ending("\"gap\":{\"channel\":\"" + gap.channel() + "\",\"from\":\"" + gap.from() + "\",\"to\":\""
                        + gap.to() + "\"},\"cursor\":\"" + cursor() + "\""));
    }

    @Override
    public void notice(ByteBuf encoded) {
        throw new IllegalStateException("a GraphQL session takes no notices");
    }

    @Override
    public void drain(Duration wait) {
        responder.drain(wait);
    }

    @Override
    public void disconnect(Disconnect why) {
        responder.disconnect(why);
    }

    /** Where this reader stands in all its channels. */
    private String cursor() {
        var positions = new ArrayList<Position>(feed.channels().size());
        if (session != null) {
            for (ChannelName channel : feed.channels()) {
                var subscription = session.subscription(this, channel);
                if (subscription != null) {
                    positions.add(subscription.position());
                }
            }
        }
        return Cursor.print(positions);
    }

    private static byte[] ending(String extensions) {
        return (",\"extensions\":{" + extensions + "}}").getBytes(StandardCharsets.US_ASCII);
    }
}
