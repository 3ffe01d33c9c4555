package io.sluice.hub.transport;

import io.sluice.config.WebhookConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.KeyedState.Change;
import io.sluice.hub.Outcome;
import io.sluice.net.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every webhook of this server, by name: those of the configuration and those that were made by a call. Thread-safe; results
 * come on any thread. At most {@code webhooks.max_webhooks}.
 */
final class Webhooks {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    /** How many open their channels at once when a server starts. */
    private static final int OPENING_AT_ONCE = 64;

    private static final long LOAD_RETRY_SECONDS = 1;

    private final WebhookShared shared;
    private final List<Loop> loops;
    private final NavigableMap<String, Webhook> byName = new ConcurrentSkipListMap<>();
    private volatile boolean loaded;

    Webhooks(WebhookShared shared, List<Loop> loops) {
        this.shared = shared;
        this.loops = loops;
    }

    WebhookShared shared() {
        return shared;
    }

    /** Reads what is stored and begins; until that is done there is none. */
    void start() {
        shared.store().load(outcome -> {
            try {
                begin(outcome);
            } catch (RejectedExecutionException serverHasClosed) {
                LOG.debug("the server has closed: its webhooks do not start any more");
            }
        });
    }

    private void begin(Outcome<WebhookStore.Loaded> outcome) {
        switch (outcome) {
            case Outcome.Done<WebhookStore.Loaded>(var stored) -> start(stored);
            case Outcome.Refused<WebhookStore.Loaded>(var problem) -> {
                loops.getFirst().schedule(this::start, TimeUnit.SECONDS.toNanos(LOAD_RETRY_SECONDS));
                LOG.warn("webhooks cannot be read, which is tried again: {}", problem.detail());
            }
        }
    }

    private void start(WebhookStore.Loaded stored) {
        stored.definitions().forEach((name, definition) -> add(name, false, definition, stored.states()));
        shared.config().out().forEach((name, definition) -> add(name, true, definition, stored.states()));
        loaded = true;
        if (byName.isEmpty()) {
            return;
        }
        LOG.info("webhooks start: count={}", byName.size());
        var waiting = new ConcurrentLinkedQueue<>(byName.values());
        for (int i = 0; i < OPENING_AT_ONCE; i++) {
            startNext(waiting);
        }
    }

    private void startNext(Queue<Webhook> waiting) {
        var next = waiting.poll();
        if (next != null) {
            next.loop().execute(() -> next.start(() -> startNext(waiting)));
        }
    }

    private void add(String name, boolean configured, WebhookConfig definition, Map<String, WebhookState> states) {
        var state = states.getOrDefault(name, WebhookState.beginningAt(beginning(definition)));
        byName.put(name, new Webhook(name, configured, definition, state, loopOf(name), shared));
    }

    private static String beginning(WebhookConfig definition) {
        return definition.after() == null ? "latest" : definition.after();
    }

    private Loop loopOf(String name) {
        return loops.get(Math.floorMod(name.hashCode(), loops.size()));
    }

    /** Null once what is stored has been read, else why nothing can be said. */
    @Nullable
    Problem notYet() {
        return loaded ? null : Problem.of(ClientError.OVERLOADED, "the server has not read its webhooks yet");
    }

    @Nullable
    Webhook find(String name) {
        return byName.get(name);
    }

    /** At most {@code limit} in order of their names, from the one after {@code after}. */
    List<Webhook> page(@Nullable String after, int limit) {
        var from = after == null ? byName : byName.tailMap(after, false);
        return from.values().stream().limit(limit).toList();
    }

    /** Makes a webhook; {@code made} gets it once it is stored. */
    void create(String name, WebhookConfig definition, Consumer<Outcome<Webhook>> made) {
        var early = notYet();
        if (early != null) {
            made.accept(new Outcome.Refused<>(early));
            return;
        }
        if (byName.size() >= shared.config().maxWebhooks()) {
            made.accept(new Outcome.Refused<>(Problem.of(
                            ClientError.CONFLICT, "there are " + shared.config().maxWebhooks() + " webhooks already")
                    .with("limit", shared.config().maxWebhooks())));
            return;
        }
        var state = WebhookState.beginningAt(beginning(definition));
        var webhook = new Webhook(name, false, definition, state, loopOf(name), shared);
        if (byName.putIfAbsent(name, webhook) != null) {
            made.accept(new Outcome.Refused<>(
                    Problem.of(ClientError.CONFLICT, "another call makes this webhook at the same time")));
            return;
        }
        shared.store()
                .save(
                        name,
                        state,
                        List.of(WebhookStore.define(name, definition)),
                        stored -> webhook.loop().execute(() -> {
                            if (stored) {
                                LOG.info(
                                        "webhook made: webhook={} channels={}",
                                        name,
                                        definition.channels().size());
                                webhook.start(() -> made.accept(new Outcome.Done<>(webhook)));
                            } else {
                                byName.remove(name, webhook);
                                made.accept(new Outcome.Refused<>(notStored()));
                            }
                        }));
    }

    /** Puts another definition in force; what its channels had been taken of stays taken, where it says nothing else. */
    void replace(Webhook webhook, WebhookConfig definition, Consumer<@Nullable Problem> done) {
        change(
                webhook,
                state -> state.at(definition.after() == null ? state.cursor() : definition.after()),
                definition,
                List.of(WebhookStore.define(webhook.name(), definition)),
                "replaced",
                done);
    }

    /** Delivers again from {@code cursor}. */
    void replay(Webhook webhook, String cursor, Consumer<@Nullable Problem> done) {
        change(webhook, state -> state.at(cursor), null, List.of(), "replays", done);
    }

    /** Pauses it, or lets it go on; going on also takes back that its endpoint is gone. */
    void pause(Webhook webhook, boolean paused, Consumer<@Nullable Problem> done) {
        change(webhook, state -> state.paused(paused), null, List.of(), paused ? "paused" : "resumed", done);
    }

    /** @param definition the new one, or null where it stays */
    private static void change(
            Webhook webhook,
            UnaryOperator<WebhookState> next,
            @Nullable WebhookConfig definition,
            List<Change> changes,
            String what,
            Consumer<@Nullable Problem> done) {
        Runnable change = () -> webhook.change(
                next.apply(webhook.state()),
                definition == null ? webhook.definition() : definition,
                changes,
                stored -> {
                    if (stored) {
                        LOG.info("webhook {}: webhook={}", what, webhook.name());
                    }
                    done.accept(stored ? null : notStored());
                });
        webhook.loop().execute(() -> webhook.command(change, done));
    }

    /** Ends a webhook and forgets it with everything that it kept; one that cannot be forgotten goes on where it stood. */
    void delete(Webhook webhook, Consumer<@Nullable Problem> done) {
        Runnable forget = () -> shared.store()
                .forget(
                        webhook.name(),
                        forgotten -> webhook.loop().execute(() -> {
                            if (forgotten) {
                                byName.remove(webhook.name(), webhook);
                                LOG.info("webhook deleted: webhook={}", webhook.name());
                                done.accept(null);
                            } else {
                                webhook.keep();
                                done.accept(notStored());
                            }
                        }));
        webhook.loop().execute(() -> webhook.remove(forget, done));
    }

    static Problem notStored() {
        return Problem.of(ClientError.STORAGE_UNAVAILABLE, "the webhook could not be stored");
    }

    /** How many there are in {@code health}. */
    int count(WebhookStanding.Health health) {
        int count = 0;
        for (var webhook : byName.values()) {
            if (webhook.standing().health() == health) {
                count++;
            }
        }
        return count;
    }

    int count() {
        return byName.size();
    }

    /** How old the oldest publication is that an endpoint should have taken and has not. */
    double lagSeconds() {
        long now = shared.clock().millis();
        long most = 0;
        for (var webhook : new ArrayList<>(byName.values())) {
            most = Math.max(most, webhook.standing().lagMillis(now));
        }
        return most / 1e3;
    }
}
