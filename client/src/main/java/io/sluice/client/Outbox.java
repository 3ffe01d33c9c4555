package io.sluice.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way out: bounded, in order, sent one after the other by one virtual thread, each until the server has taken
 * or refused it. Thread-safe.
 */
final class Outbox implements Runnable {
    private final Publisher publisher;
    private final Timing timing;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
    private @Nullable SluiceException end;

    Outbox(Publisher publisher, Timing timing, int capacity) {
        this.publisher = publisher;
        this.timing = timing;
        this.capacity = capacity;
    }

    private record Entry(Publisher.Target target, Draft draft, CompletableFuture<Published> result) {}

    CompletableFuture<Published> add(Publisher.Target target, Draft draft) {
        lock.lock();
        try {
            if (end != null) {
                throw end;
            }
            if (waiting.size() >= capacity) {
                throw new SluiceException(ProblemCode.QUEUE_FULL, "there are " + capacity + " unsent messages already");
            }
            var entry = new Entry(target, draft, new CompletableFuture<>());
            waiting.add(entry);
            changed.signal();
            return entry.result;
        } finally {
            lock.unlock();
        }
    }

    /** What has not been answered, oldest first. */
    List<Draft> drafts() {
        lock.lock();
        try {
            return new ArrayList<>(waiting.stream().map(Entry::draft).toList());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            var backoff = new Backoff(timing);
            while (true) {
                var entry = first();
                try {
                    var published = publisher.once(entry.target, entry.draft);
                    done(entry);
                    entry.result.complete(published);
                    backoff.reset();
                } catch (SluiceException refused) {
                    if (refused.code() == ProblemCode.INTERRUPTED) {
                        return;
                    }
                    if (refused.code().isPassing()) {
                        timing.pause(backoff.next(refused.retryAfter()));
                    } else {
                        done(entry);
                        entry.result.completeExceptionally(refused);
                    }
                }
            }
        } catch (InterruptedException closed) {
            // By close(), which has ended it.
        }
    }

    /** Nothing more is taken; what has not been answered fails. */
    void close() {
        List<Entry> left;
        lock.lock();
        try {
            end = Problems.closed();
            left = List.copyOf(waiting);
        } finally {
            lock.unlock();
        }
        left.forEach(entry -> entry.result.completeExceptionally(Problems.closed()));
    }

    private Entry first() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty()) {
                changed.await();
            }
            return waiting.element();
        } finally {
            lock.unlock();
        }
    }

    private void done(Entry entry) {
        lock.lock();
        try {
            waiting.remove(entry);
        } finally {
            lock.unlock();
        }
    }
}
