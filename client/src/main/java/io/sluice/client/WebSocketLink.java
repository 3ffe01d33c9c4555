package io.sluice.client;

import io.sluice.client.LinkInbox.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Receives over one WebSocket, subprotocol {@code sluice.v1.json}. Subscriptions come and go on the open connection. */
final class WebSocketLink implements Link {
    /** The server pings every 25 s; whoever is silent for longer than two of them is gone. */
    private static final Duration SILENCE = Duration.ofSeconds(65);

    private final LinkContext context;
    private final Timing timing;

    /** How long the server may take to answer a command. */
    private final Duration reply;

    private Optional<String> token = Optional.empty();

    /** What the server sends at this time; anything of another channel is a left-over of a subscription that was closed. */
    private final Map<String, Subscription> active = new HashMap<>();

    /** Subscriptions that were refused for the moment, and when to ask again. */
    private final Map<Subscription, Long> postponed = new HashMap<>();

    private List<Subscription> asked = List.of();
    private long lastId;
    private int unanswered;
    private long askedNanos;

    WebSocketLink(LinkContext context) {
        this.context = context;
        this.timing = context.endpoint().timing();
        this.reply = context.endpoint().timeout();
    }

    @Override
    public void run() throws LinkBroken, InterruptedException {
        token = context.endpoint().credentials().token();
        var socket = WebSocketConnection.open(context.endpoint(), context.inbox(), token);
        try {
            long heard = timing.nanos();
            var look = Collections.min(List.of(LinkContext.LOOK, reply));
            while (!context.shouldLeave()) {
                if (unanswered == 0) {
                    reconcile(socket);
                }
                var item = context.inbox().take(look);
                long now = timing.nanos();
                if (item != null && !(item instanceof Item.Woken)) {
                    heard = now;
                }
                if (now - heard > SILENCE.toNanos() || (unanswered > 0 && now - askedNanos > reply.toNanos())) {
                    throw LinkBroken.silent();
                }
                if (item instanceof Item.Text(var text)) {
                    socket.taken();
                    take(socket, JsonObject.parse(text), text);
                } else if (item instanceof Item.Ended(var source, var why)) {
                    throw ended(why);
                }
            }
            socket.close();
        } catch (MalformedJson wrong) {
            throw new LinkBroken(LinkBroken.Blame.TRANSPORT, Problems.of(wrong));
        } finally {
            socket.abort();
        }
    }

    /** Tells the server what has changed since it was told last: one command at a time, so that replies are never mixed up. */
    private void reconcile(WebSocketConnection socket) throws LinkBroken, InterruptedException {
        for (var each : List.copyOf(active.values())) {
            if (context.subscriptions().of(each.channel()) != each) {
                active.remove(each.channel());
                send(socket, "\"type\":\"unsubscribe\",\"channel\":" + JsonScanner.quoted(each.channel()));
                return;
            }
        }
        var wanted = new ArrayList<Subscription>();
        for (var each : context.subscriptions().all()) {
            if (!active.containsKey(each.channel()) && isDue(each)) {
                wanted.add(each);
            }
        }
        if (!wanted.isEmpty()) {
            asked = wanted;
            var channels = wanted.stream()
                    .map(each -> "{\"channel\":" + JsonScanner.quoted(each.channel()) + ",\"after\":"
                            + JsonScanner.quoted(each.after()) + "}")
                    .collect(Collectors.joining(","));
            send(socket, "\"type\":\"subscribe\",\"channels\":[" + channels + "]");
        }
    }

    private boolean isDue(Subscription subscription) {
        var due = postponed.get(subscription);
        return due == null || due - timing.nanos() <= 0;
    }

    private void send(WebSocketConnection socket, String members) throws LinkBroken, InterruptedException {
        lastId++;
        unanswered++;
        askedNanos = timing.nanos();
        socket.sendText("{\"id\":" + lastId + "," + members + "}");
    }

    private void take(WebSocketConnection socket, JsonObject push, String text)
            throws LinkBroken, InterruptedException {
        switch (push.text("type", "")) {
            case "message" -> deliver(socket, Publication.of(push, text));
            case "gap" -> deliver(socket, Gap.of(push));
            case "signal" -> deliver(socket, Signal.of(push));
            case "presence" -> deliver(socket, PresenceChange.of(push));
            case "ok" -> {
                unanswered--;
                subscribed(push.objects("channels"));
            }
            case "error" -> refused(push);
            case "expiring" -> renew(socket);
            case "drain" -> throw LinkBroken.drained(Duration.ofMillis(push.integer("reconnect_after_ms", 1_000)));
            default -> {} // welcome, and what a newer server may say
        }
    }

    private void deliver(WebSocketConnection socket, Event event) throws InterruptedException {
        var subscription = active.get(event.channel());
        if (subscription != null) {
            // The server's pings stay unread while a listener is slow.
            subscription.accept(event, socket::sendPong);
        }
    }

    private void subscribed(List<JsonObject> channels) {
        // In the order in which they were asked for; a name that is none does not come back.
        for (int i = 0; i < Math.min(channels.size(), asked.size()); i++) {
            subscribed(asked.get(i), channels.get(i));
        }
        if (!channels.isEmpty()) {
            asked = List.of();
            context.live().run();
        }
    }

    private void subscribed(Subscription subscription, JsonObject reply) {
        if (!reply.has("error")) {
            active.put(subscription.channel(), subscription);
            subscription.place(reply.text("position"));
            return;
        }
        var refusal = Problems.of(reply.object("error"));
        if (refusal.code().isPassing()) {
            var wait = refusal.retryAfter().orElse(Duration.ofSeconds(5));
            postponed.put(subscription, timing.nanos() + wait.toNanos());
        } else {
            subscription.fail(refusal);
        }
    }

    /** The whole command was refused. One that ended a subscription which had ended already is no matter. */
    private void refused(JsonObject error) throws LinkBroken {
        unanswered = Math.max(0, unanswered - 1);
        var refusal = Problems.of(error);
        if (refusal.code() != ProblemCode.NOT_FOUND) {
            throw LinkBroken.refused(refusal);
        }
    }

    private void renew(WebSocketConnection socket) throws LinkBroken, InterruptedException {
        if (context.endpoint().credentials().renew(token)) {
            token = context.endpoint().credentials().token();
            send(socket, "\"type\":\"auth\",\"token\":" + JsonScanner.quoted(token.orElse("")));
        }
    }

    private static LinkBroken ended(SluiceException why) {
        return switch (why.code()) {
            case CONNECTION_LOST -> LinkBroken.network(why);
            case CONFLICT, TOO_LARGE, BAD_REQUEST -> new LinkBroken(LinkBroken.Blame.CLIENT, why);
            default -> LinkBroken.refused(why);
        };
    }
}
