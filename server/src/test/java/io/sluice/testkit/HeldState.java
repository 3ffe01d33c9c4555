package io.sluice.testkit;

import io.sluice.hub.KeyedState;
import io.sluice.hub.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store that is as quick as a test wants: while it is held, each update waits to be made or refused. Thread-safe. */
public final class HeldState implements KeyedState {
    private static final long PATIENCE_SECONDS = 20;

    private final KeyedState state;
    private final BlockingQueue<Update> waiting = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable CompletableFuture<Consumer<Outcome<List<Entry>>>>> taken =
            new AtomicReference<>();
    private volatile boolean held;

    HeldState(KeyedState state) {
        this.state = state;
    }

    /** Changes that wait. */
    public final class Update {
        private final List<Change> changes;
        private final Consumer<Boolean> done;

        private Update(List<Change> changes, Consumer<Boolean> done) {
            this.changes = changes;
            this.done = done;
        }

        public void make() {
            state.update(changes, done);
        }

        /** As a full disk does. */
        public void refuse() {
            done.accept(false);
        }
    }

    /** From now on updates wait for {@link #next}. */
    public void hold() {
        held = true;
    }

    /** From now on updates are made at once; those that wait already go on waiting. */
    public void release() {
        held = false;
    }

    /** Takes the next scan: it is not made, and waits for an answer of the test. */
    public CompletableFuture<Consumer<Outcome<List<Entry>>>> takeScan() {
        var taker = new CompletableFuture<Consumer<Outcome<List<Entry>>>>();
        taken.set(taker);
        return taker;
    }

    /** The update that has waited for longest, or the first that comes. */
    public Update next() {
        try {
            var update = waiting.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (update == null) {
                throw new AssertionError("nothing was to be stored");
            }
            return update;
        } catch (InterruptedException asked) {
            throw new AssertionError(asked);
        }
    }

    @Override
    public void get(Kind kind, String key, Consumer<Outcome<Optional<byte[]>>> value) {
        state.get(kind, key, value);
    }

    @Override
    public void scan(Kind kind, String prefix, String after, int limit, Consumer<Outcome<List<Entry>>> entries) {
        var taker = taken.getAndSet(null);
        if (taker != null) {
            taker.complete(entries);
        } else {
            state.scan(kind, prefix, after, limit, entries);
        }
    }

    @Override
    public void update(List<Change> changes, Consumer<Boolean> done) {
        var update = new Update(changes, done);
        if (held) {
            waiting.add(update);
        } else {
            update.make();
        }
    }
}
