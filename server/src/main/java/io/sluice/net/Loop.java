package io.sluice.net;

import java.util.concurrent.Executor;

/**
 * One event loop: runs tasks one at a time, in the order they came. Objects that say "confined to its loop" are touched
 * only from tasks of that loop.
 *
 * <p>In production a thread of Netty; in a simulation any single-threaded scheduler. Tasks must not block.
 */
public interface Loop extends Executor {
    /** Position of this loop among its siblings: 0 up to {@code loops - 1}. */
    int index();

    /** True when the calling thread is running a task of this loop. */
    boolean isCurrent();

    /**
     * Runs {@code task} on a later turn, once this loop has looked at its sockets again: for what has more to do than fits into one
     * turn. Confined to the loop.
     */
    default void nextTurn(Runnable task) {
        execute(task);
    }

    /** Runs {@code task} once after at least {@code delayNanos}. Thread-safe; not cancellable: tasks check if still wanted. */
    void schedule(Runnable task, long delayNanos);

    /** The one timer wheel of this loop, for the many timeouts of its connections. Confined to the loop. */
    TimerWheel wheel();

    Clock clock();
}
