package io.sluice.hub.transport;

import io.sluice.config.WebhookConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.ChannelName;
import io.sluice.hub.KeyedState.Change;
import io.sluice.hub.transport.WebhookSender.Result;
import io.sluice.net.Loop;
import io.sluice.net.TimerWheel;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One endpoint and where it stands. It reads its channels like anybody else ({@link WebhookReader}), one publication at a time:
 * what is not delivered yet stays in the log behind the cursor, and nothing waits here. Confined to its loop, except where a
 * method says otherwise.
 *
 * <p>Design note. A step ends when it is stored, and only then the next one begins: a process that is killed repeats at most
 * the one delivery whose answer was not stored. Commands of operators wait for the end of the step that is under way; they are
 * refused once that cannot be stored, since nobody knows how long a disk stays full.
 */
final class Webhook {
    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofDays(1);

    /** What it is doing; only a {@code READY} one takes publications. */
    private enum Phase {
        /** Nothing: paused, gone, or the server drains. */
        STOPPED,
        /** Subscribing. */
        OPENING,
        READY,
        /** Waits for a place to send from. */
        QUEUED,
        SENDING,
        /** Waits for the store. */
        STORING,
        /** Waits for the time of a retry. */
        WAITING
    }

    private final String name;
    private final boolean configured;
    private final Loop loop;
    private final WebhookShared shared;
    private final TimerWheel.Entry timer = new TimerWheel.Entry(now -> timeIsUp());
    private final WebhookStanding standing;
    private final WebhookPlace place;
    private final Deque<Command> commands = new ArrayDeque<>(1);
    private WebhookConfig definition;
    private URI url;
    private Phase phase = Phase.STOPPED;
    private @Nullable WebhookReader reader;
    private WebhookCaller.@Nullable Call attempt;
    private @Nullable Runnable whenOpen;
    private @Nullable DeadReplay deadReplay;
    private int failedOpens;
    private boolean removed;

    /** Something to do between two steps; who asked for it hears a refusal, and what nobody asked for is not refused. */
    private record Command(Runnable run, @Nullable Consumer<? super Problem> refused) {}

    /** Dead letters that an operator wants delivered again: those above {@code after} up to {@code last}. */
    private record DeadReplay(long after, long last) {}

    Webhook(
            String name,
            boolean configured,
            WebhookConfig definition,
            WebhookState state,
            Loop loop,
            WebhookShared shared) {
        this.name = name;
        this.configured = configured;
        this.definition = definition;
        this.url = URI.create(definition.url());
        this.loop = loop;
        this.shared = shared;
        this.standing = new WebhookStanding(name, state, loop, shared);
        this.place = new WebhookPlace(shared.slots(), loop);
    }

    /** Any thread. */
    String name() {
        return name;
    }

    /** True when it is defined in the configuration file. Any thread. */
    boolean configured() {
        return configured;
    }

    /** Any thread. */
    Loop loop() {
        return loop;
    }

    WebhookConfig definition() {
        return definition;
    }

    List<ChannelName> channels() {
        return definition.channels().stream().map(ChannelName::new).toList();
    }

    /** Any thread. */
    WebhookStanding standing() {
        return standing;
    }

    /** Any thread. */
    WebhookState state() {
        return standing.state();
    }

    /** How many publications of its channels the endpoint has not taken; 0 while it does not read them. */
    long lag() {
        return reader == null ? 0 : reader.lag();
    }

    // ---- what operators ask for

    /** Begins, or goes on where it stood; {@code then} runs once it reads its channels, or cannot, or is not to. */
    void start(Runnable then) {
        whenOpen = then;
        proceed();
    }

    /**
     * Runs {@code command} once no step is under way, or {@code refused}. A command ends in {@link #change}, {@link #replayDead} or
     * {@link #proceed}.
     */
    void command(Runnable command, Consumer<? super Problem> refused) {
        var refusal = refusal();
        if (refusal == null) {
            betweenSteps(new Command(command, refused));
        } else {
            refused.accept(refusal);
        }
    }

    private @Nullable Problem refusal() {
        if (removed) {
            return Problem.of(ClientError.CONFLICT, "webhook " + name + " is being deleted");
        }
        return standing.isHeldUp() ? Webhooks.notStored() : null;
    }

    private void betweenSteps(Command command) {
        if (phase == Phase.SENDING || phase == Phase.STORING) {
            commands.add(command);
        } else {
            command.run.run();
        }
    }

    /** Puts {@code next}, and {@code other} definition, in force if it can be stored; {@code done} runs with whether. */
    void change(WebhookState next, WebhookConfig other, List<Change> changes, Consumer<Boolean> done) {
        phase = Phase.STORING;
        loop.wheel().cancel(timer);
        closeReader();
        standing.tryTo(next, changes, stored -> {
            if (stored) {
                definition = other;
                url = URI.create(other.url());
            }
            done.accept(stored);
            proceed();
        });
    }

    /** Delivers these dead letters again, once each, before it goes on with its channels. */
    void replayDead(long after, long last) {
        deadReplay = new DeadReplay(after, last);
        if (phase != Phase.OPENING) {
            proceed();
        }
    }

    /**
     * Ends for good: what is under way is cut, and once it has ended {@code then} runs and nothing is stored any more. Or {@code
     * refused} runs, and it goes on.
     */
    void remove(Runnable then, Consumer<? super Problem> refused) {
        var refusal = refusal();
        if (refusal != null) {
            refused.accept(refusal);
            return;
        }
        removed = true;
        if (attempt != null) {
            attempt.cancel();
        }
        Runnable removal = () -> {
            then.run();
            proceed();
        };
        betweenSteps(new Command(removal, problem -> {
            removed = false;
            refused.accept(problem);
        }));
    }

    /** Goes on where it stood, since it could not be forgotten. */
    void keep() {
        removed = false;
        proceed();
    }

    /** Ends with this process: what is under way may end and is stored. */
    void drain() {
        betweenSteps(new Command(this::proceed, null));
    }

    /** The hub ended its session; it comes back with its cursor. */
    void cut() {
        Runnable reopening = () -> {
            closeReader();
            pause(shared.backoff(++failedOpens));
        };
        betweenSteps(new Command(reopening, null));
    }

    // ---- the steps

    /** Does what is next. No step is under way. */
    void proceed() {
        loop.wheel().cancel(timer);
        phase = Phase.STOPPED;
        var command = commands.poll();
        var open = reader;
        if (command != null) {
            command.run.run();
        } else if (removed || shared.draining().getAsBoolean() || state().paused() || state().gone()) {
            deadReplay = null;
            closeReader();
            hasOpened();
        } else if (open == null) {
            phase = Phase.OPENING;
            reader = WebhookReader.open(this, channels(), state().cursor(), shared.hub());
        } else {
            hasOpened();
            goOn(open);
        }
    }

    private void goOn(WebhookReader open) {
        long wait = state().retryAt() - shared.clock().millis();
        if (deadReplay != null) {
            nextDead(deadReplay);
        } else if (wait > 0) {
            pause(wait);
        } else {
            phase = Phase.READY;
            open.takeNext(state().failingChannel());
            if (takes() && open == reader && open.lag() == 0) {
                standing.caughtUp();
                place.give();
            }
        }
    }

    /** The reader has subscribed to all channels. */
    void opened() {
        standing.reads();
        failedOpens = 0;
        var cursor = reader == null ? state().cursor() : reader.cursor();
        if (cursor.equals(state().cursor())) {
            proceed();
        } else {
            // Where it begins is decided now and holds from now on, or a restart would skip what comes meanwhile.
            store(state().beginning(cursor), List.of());
        }
    }

    /** The reader could not subscribe to all channels. */
    void cannotOpen(Problem problem) {
        standing.troubled(problem.error().code() + ": " + problem.detail());
        closeReader();
        hasOpened();
        pause(shared.backoff(++failedOpens));
    }

    private void hasOpened() {
        var then = whenOpen;
        whenOpen = null;
        if (then != null) {
            then.run();
        }
    }

    boolean takes() {
        return phase == Phase.READY;
    }

    /**
     * Takes what the reader has next; false when it cannot be sent now and must be handed over again.
     *
     * @param timeMillis when it was published, or 0 where that is not known
     */
    boolean take(WebhookDelivery delivery, long timeMillis) {
        standing.pending(timeMillis);
        if (!takes() || !hasPlace()) {
            return false;
        }
        send(delivery);
        return true;
    }

    private void send(WebhookDelivery delivery) {
        phase = Phase.SENDING;
        if (delivery.id().equals(state().failing())) {
            shared.metrics().retried();
        }
        loop.wheel()
                .schedule(
                        timer, loop.clock().nanos() + shared.config().timeout().toNanos());
        var request = new WebhookSender.Request(url, delivery.id(), definition.secrets(), delivery.body());
        attempt = shared.caller().send(request, result -> loop.execute(() -> ended(delivery, result)));
    }

    private void ended(WebhookDelivery delivery, Result result) {
        loop.wheel().cancel(timer);
        attempt = null;
        place.give();
        shared.metrics().delivered(WebhookMetrics.outcome(result));
        switch (result) {
            case Result.Answered(var status, var after) when status >= 200 && status < 300 -> acknowledged(delivery);
            case Result.Answered(var status, var after)
            when status == 410 -> {
                LOG.warn("webhook is gone, its endpoint said 410: webhook={}", name);
                store(state().endpointGone(), List.of());
            }
            case Result.Answered(var status, var after) -> failed(delivery, "status-" + status, after);
            case Result.Failed(var failure) -> failed(delivery, WebhookMetrics.word(failure), null);
        }
    }

    private void acknowledged(WebhookDelivery delivery) {
        if (delivery.dead() > 0) {
            deadReplay = deadReplay == null || delivery.dead() >= deadReplay.last
                    ? null
                    : new DeadReplay(delivery.dead(), deadReplay.last);
            store(
                    state().burying(state().nextDead(), -1, -delivery.body().length),
                    WebhookStore.unbury(name, delivery.dead()));
            return;
        }
        if (state().failing() != null) {
            LOG.info("webhook works again: webhook={} attempts={}", name, state().attempts() + 1);
        }
        store(state().at(cursorAfter(delivery)), List.of());
    }

    private String cursorAfter(WebhookDelivery delivery) {
        if (reader == null) {
            throw new IllegalStateException("a delivery has no reader");
        }
        reader.took(delivery.channel(), delivery.after());
        return reader.cursor();
    }

    private void failed(WebhookDelivery delivery, String how, @Nullable Duration retryAfter) {
        if (delivery.dead() > 0) {
            LOG.warn("webhook did not take a dead letter, their replay ends: webhook={} failure={}", name, how);
            deadReplay = null;
            proceed();
            return;
        }
        long now = shared.clock().millis();
        boolean again = delivery.id().equals(state().failing());
        int attempts = again ? state().attempts() + 1 : 1;
        long since = again ? state().failingSince() : now;
        long age = shared.config().retryAge().toMillis();
        if (age == 0 || (again && now - since >= age)) {
            phase = Phase.STORING;
            shared.dead()
                    .bury(
                            this,
                            delivery,
                            attempts,
                            how,
                            (buried, changes) -> store(buried.at(cursorAfter(delivery)), changes));
            return;
        }
        if (state().failing() == null) {
            LOG.warn("webhook fails: webhook={} failure={}", name, how);
        }
        long wait = shared.backoff(attempts);
        if (retryAfter != null) {
            wait = Math.max(wait, Math.min(retryAfter.toMillis(), LONGEST_RETRY_AFTER.toMillis()));
        }
        var channel = delivery.channel();
        store(state().failed(delivery.id(), channel.value(), attempts, since, now + wait, how), List.of());
        if (reader != null) {
            reader.goBack(channel);
        }
    }

    private void nextDead(DeadReplay replay) {
        phase = Phase.STORING;
        shared.dead().next(this, replay.after, replay.last, delivery -> {
            if (delivery == null) {
                deadReplay = null;
                proceed();
            } else if (hasPlace()) {
                send(delivery);
            }
        });
    }

    /** Stores {@code next}, again and again until that can be done, and goes on. */
    private void store(WebhookState next, List<Change> changes) {
        phase = Phase.STORING;
        if (removed) {
            proceed();
            return;
        }
        standing.to(next, changes, this::proceed, this::heldUp);
    }

    /** The step that is under way could not be stored: what waits for its end would wait for as long as the disk is full. */
    private void heldUp() {
        hasOpened();
        var waiting = List.copyOf(commands);
        commands.clear();
        for (var command : waiting) {
            if (command.refused == null) {
                commands.add(command);
            } else {
                command.refused.accept(Webhooks.notStored());
            }
        }
    }

    private void pause(long millis) {
        phase = Phase.WAITING;
        loop.wheel()
                .schedule(
                        timer, loop.clock().nanos() + Duration.ofMillis(millis).toNanos());
    }

    private void timeIsUp() {
        switch (phase) {
            case WAITING -> proceed();
            case SENDING -> {
                if (attempt != null) {
                    attempt.cancel();
                }
            }
            case STOPPED, OPENING, READY, QUEUED, STORING -> {
                // It fired while it was being cancelled.
            }
        }
    }

    /** True when it may send now; else {@link #proceed} runs once it may. */
    private boolean hasPlace() {
        boolean has = place.take(url.getHost(), () -> phase == Phase.QUEUED, this::proceed);
        if (!has) {
            phase = Phase.QUEUED;
        }
        return has;
    }

    private void closeReader() {
        var open = reader;
        reader = null;
        if (open != null) {
            open.close();
        }
        place.give();
    }
}
