package io.sluice.hub.transport;

import io.sluice.hub.ChannelName;
import io.sluice.hub.KeyedState.Change;
import io.sluice.hub.Outcome;
import io.sluice.hub.Position;
import io.sluice.hub.transport.WebhookStore.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What webhooks gave up: kept within bounds, the oldest dropped first. Results come on the webhook's loop. */
final class WebhookDeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookDeadLetters.class);

    private final WebhookShared shared;

    WebhookDeadLetters(WebhookShared shared) {
        this.shared = shared;
    }

    /**
     * Makes a dead letter of {@code delivery}: {@code then} gets the state with it in, before its cursor is moved, and the
     * changes to store with it.
     */
    void bury(
            Webhook webhook,
            WebhookDelivery delivery,
            int attempts,
            String how,
            BiConsumer<WebhookState, List<Change>> then) {
        var state = webhook.state();
        var letter = new DeadLetter(
                WebhookStore.hex(state.nextDead()),
                delivery.id(),
                delivery.channel().value(),
                delivery.after().toString(),
                shared.clock().now().toString(),
                attempts,
                how,
                delivery.body().length);
        shared.metrics().died();
        LOG.warn(
                "webhook gives a delivery up: webhook={} id={} attempts={} failure={}",
                webhook.name(),
                letter.id(),
                attempts,
                how);
        int count = state.dead() + 1 - shared.config().maxDead();
        long bytes = state.deadBytes()
                + letter.bytes()
                - shared.config().maxDeadSize().bytes();
        if (count <= 0 && bytes <= 0) {
            bury(webhook, letter, delivery.body(), List.of(), then);
            return;
        }
        shared.store()
                .dead(
                        webhook.name(),
                        0,
                        shared.config().maxDead(),
                        outcome -> webhook.loop()
                                .execute(() -> bury(
                                        webhook,
                                        letter,
                                        delivery.body(),
                                        outcome instanceof Outcome.Done<List<DeadLetter>>(var oldest)
                                                ? toDrop(oldest, count, bytes)
                                                : List.of(),
                                        then)));
    }

    private static List<DeadLetter> toDrop(List<DeadLetter> oldest, int count, long bytes) {
        int dropped = 0;
        long freed = 0;
        while (dropped < oldest.size() && (dropped < count || freed < bytes)) {
            freed += oldest.get(dropped++).bytes();
        }
        return oldest.subList(0, dropped);
    }

    private void bury(
            Webhook webhook,
            DeadLetter letter,
            byte[] body,
            List<DeadLetter> drop,
            BiConsumer<WebhookState, List<Change>> then) {
        var changes = new ArrayList<>(WebhookStore.bury(webhook.name(), letter, body));
        long freed = 0;
        for (var old : drop) {
            changes.addAll(WebhookStore.unbury(webhook.name(), old.asNumber()));
            freed += old.bytes();
        }
        if (!drop.isEmpty()) {
            shared.metrics().dropped(drop.size());
            LOG.warn("webhook drops its oldest dead letters: webhook={} count={}", webhook.name(), drop.size());
        }
        var state = webhook.state();
        then.accept(state.burying(state.nextDead() + 1, 1 - drop.size(), letter.bytes() - freed), changes);
    }

    /** Finds the first dead letter above {@code after} and up to {@code last}; {@code then} gets null when there is none. */
    void next(Webhook webhook, long after, long last, Consumer<@Nullable WebhookDelivery> then) {
        Consumer<@Nullable WebhookDelivery> onLoop = delivery -> webhook.loop().execute(() -> then.accept(delivery));
        shared.store().dead(webhook.name(), after, 1, outcome -> {
            if (!(outcome instanceof Outcome.Done<List<DeadLetter>>(var letters))
                    || letters.isEmpty()
                    || letters.getFirst().asNumber() > last) {
                onLoop.accept(null);
                return;
            }
            var letter = letters.getFirst();
            shared.store().body(webhook.name(), letter.asNumber(), found -> {
                var body = found instanceof Outcome.Done<Optional<byte[]>>(var stored) ? stored.orElse(null) : null;
                onLoop.accept(body == null ? null : again(letter, body));
            });
        });
    }

    private static @Nullable WebhookDelivery again(DeadLetter letter, byte[] body) {
        var channel = ChannelName.parse(letter.channel());
        var position = Position.parse(letter.position());
        return channel == null || position == null
                ? null
                : new WebhookDelivery(letter.id(), channel, position, body, letter.asNumber());
    }
}
