package io.sluice.net;

import java.util.ArrayList;
import java.util.List;

/** A one-way latch: the process is going away. Parts that have clients to ask to go register on it. Thread-safe. */
public final class DrainSignal {
    private final List<Runnable> actions = new ArrayList<>();
    private volatile boolean begun;

    public boolean hasBegun() {
        return begun;
    }

    /** Runs {@code action} once the drain begins, on the draining thread; at once when it has begun already. */
    public void onDrain(Runnable action) {
        synchronized (actions) {
            if (!begun) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    /** Begins the drain: runs every action in the order of registration. Idempotent. */
    public void begin() {
        List<Runnable> due;
        synchronized (actions) {
            if (begun) {
                return;
            }
            begun = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }
}
