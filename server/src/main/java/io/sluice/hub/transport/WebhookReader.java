package io.sluice.hub.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.auth.Verb;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Cursor;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Gap;
import io.sluice.hub.Hub;
import io.sluice.hub.Inbox;
import io.sluice.hub.Outcome;
import io.sluice.hub.Position;
import io.sluice.hub.Session;
import io.sluice.hub.Start;
import io.sluice.hub.Subscription;
import io.sluice.hub.Wire;
import io.sluice.hub.wire.JsonWire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The session with which a webhook reads its channels, and what its endpoint has taken of each. Its inbox is writable only
 * while the webhook takes something, and what is handed over is one publication, or one gap. Confined to the webhook's loop.
 */
final class WebhookReader implements Inbox {
    private final Webhook webhook;
    private final Session session;
    private final List<ChannelName> channels;
    private final Hub hub;
    private final Map<ChannelName, Position> taken = new LinkedHashMap<>(4);
    /** The channel that was served last: the others come before it. */
    private @Nullable ChannelName last;

    private WebhookReader(Webhook webhook, List<ChannelName> channels, Hub hub) {
        this.webhook = webhook;
        this.channels = channels;
        this.hub = hub;
        var grants = channels.stream()
                .map(channel -> new Grants.Grant(channel.value(), Set.of(Verb.SUBSCRIBE)))
                .toList();
        var identity = new Identity(null, "webhook:" + webhook.name(), new Grants(grants), null);
        this.session = hub.connect(webhook.loop(), this, identity, false);
    }

    /** Begins to subscribe at {@code cursor}; the webhook is told once all is subscribed, or that it cannot be. */
    static WebhookReader open(Webhook webhook, List<ChannelName> channels, String cursor, Hub hub) {
        var reader = new WebhookReader(webhook, channels, hub);
        var starts = Cursor.parse(cursor, channels) instanceof Outcome.Done<List<Start>>(var parsed)
                ? parsed
                : Collections.<Start>nCopies(channels.size(), new Start.Latest()); // of channels that it had before
        webhook.loop().execute(() -> reader.subscribe(starts, 0));
        return reader;
    }

    private void subscribe(List<Start> starts, int at) {
        if (session.isClosed()) {
            return;
        }
        if (at == channels.size()) {
            session.subscriptions().forEach(each -> taken.put(each.channel().name(), each.position()));
            webhook.opened();
            return;
        }
        hub.subscribe(session, channels.get(at), starts.get(at), outcome -> {
            switch (outcome) {
                case Outcome.Done<Hub.Subscribed> done -> subscribe(starts, at + 1);
                case Outcome.Refused<Hub.Subscribed>(var problem) -> {
                    if (!session.isClosed()) {
                        webhook.cannotOpen(problem);
                    }
                }
            }
        });
    }

    /** Lets the channels go on in turn, {@code first} before all others. */
    void takeNext(@Nullable String first) {
        var order = new ArrayList<>(session.subscriptions());
        for (int i = 0; i < order.size(); i++) {
            if (order.get(i).channel().name().equals(last)) {
                Collections.rotate(order, -i - 1);
                break;
            }
        }
        if (first != null) {
            order.sort((a, b) -> Boolean.compare(isOf(b, first), isOf(a, first)));
        }
        for (var subscription : order) {
            if (!writable()) {
                return;
            }
            subscription.resume();
        }
    }

    private static boolean isOf(Subscription subscription, String channel) {
        return subscription.channel().name().value().equals(channel);
    }

    /** The endpoint has taken everything of {@code channel} up to {@code position}. */
    void took(ChannelName channel, Position position) {
        taken.put(channel, position);
        last = channel;
    }

    /** What was handed over and was not taken is to be handed over again. */
    void goBack(ChannelName channel) {
        var subscription = session.subscription(channel);
        var position = taken.get(channel);
        if (subscription != null && position != null) {
            subscription.backTo(position);
        }
    }

    /** Where the endpoint stands in all channels. */
    String cursor() {
        return Cursor.print(List.copyOf(taken.values()));
    }

    /** How many publications the endpoint has not taken. */
    long lag() {
        long lag = 0;
        for (var subscription : session.subscriptions()) {
            var position = taken.get(subscription.channel().name());
            var log = subscription.channel().log();
            if (position != null) {
                lag += position.epoch() == log.epoch()
                        ? log.newest() - position.offset()
                        : log.newest() - log.oldest() + 1;
            }
        }
        return lag;
    }

    void close() {
        session.close();
    }

    @Override
    public String transport() {
        return "webhook";
    }

    @Override
    public Wire wire() {
        return JsonWire.INSTANCE;
    }

    @Override
    public boolean onePublicationAtATime() {
        return true;
    }

    @Override
    public int readAhead() {
        return 1;
    }

    @Override
    public boolean writable() {
        return webhook.takes();
    }

    @Override
    public void deliver(Subscription subscription, ByteBuf encoded, long first, long lastOffset) {
        var publication = subscription.channel().log().peek(first);
        hand(
                subscription,
                "publication",
                publication == null ? 0 : publication.timeMillis(),
                ByteBufUtil.getBytes(encoded));
    }

    @Override
    public void gap(Subscription subscription, Gap gap) {
        var body = "{\"type\":\"gap\",\"channel\":\"" + gap.channel() + "\",\"from\":\"" + gap.from() + "\",\"to\":\""
                + gap.to() + "\"}";
        hand(subscription, "gap", 0, body.getBytes(StandardCharsets.UTF_8));
    }

    private void hand(Subscription subscription, String kind, long timeMillis, byte[] body) {
        var channel = subscription.channel().name();
        var delivery = WebhookDelivery.ofLog(webhook.name(), channel, kind, subscription.position(), body);
        if (!webhook.take(delivery, timeMillis)) {
            goBack(channel); // no place to send from, or a cold read that began before something else did
        }
    }

    @Override
    public void notice(ByteBuf encoded) {
        // Webhooks tell what is stored.
    }

    @Override
    public void drain(Duration wait) {
        webhook.drain();
    }

    @Override
    public void disconnect(Disconnect why) {
        if (why != Disconnect.TOO_SLOW) { // an endpoint that is slow is what a cursor is for
            webhook.cut();
        }
    }
}
