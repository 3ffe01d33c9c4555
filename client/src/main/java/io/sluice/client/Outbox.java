package io.sluice.client;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way out: bounded by count and bytes, in order per channel, each sent until the server has taken or refused
 * it. While something waits for a channel one virtual thread sends it; channels do not wait for each other. With a folder
 * they are on disk until they are answered. Thread-safe.
 */
final class Outbox {
    private static final System.Logger LOG = System.getLogger(Outbox.class.getName());

    /** All bodies that wait together. */
    static final long MAX_BYTES = 64L << 20;

    private final Publisher publisher;
    private final ClientOptions options;
    private final @Nullable ClientFolder folder;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Map<Publisher.Target, Lane> lanes = new HashMap<>();
    private long order;
    private int size;
    private long bytes;
    private @Nullable SluiceException end;

    /** @param folder where messages are kept until they are answered; null keeps them in memory only */
    Outbox(Publisher publisher, ClientOptions options, @Nullable ClientFolder folder) {
        this.publisher = publisher;
        this.options = options;
        this.folder = folder;
    }

    private record Entry(
            long order,
            Publisher.Target target,
            Draft draft,
            @Nullable Path file,
            CompletableFuture<Published> result) {}

    /** Sends what an earlier process left in the folder. What is refused is logged: whoever asked for it is gone. */
    void restore() {
        if (folder != null) {
            for (var kept : folder.restore()) {
                var result = new CompletableFuture<Published>();
                result.whenComplete((published, refused) -> {
                    if (refused instanceof SluiceException why && why.code() != ProblemCode.CLOSED) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "a message of an earlier run is refused: " + kept.draft(),
                                why);
                    }
                });
                reserve(kept.draft(), false);
                enqueue(kept.target(), kept.draft(), kept.file(), result);
            }
        }
    }

    CompletableFuture<Published> add(Publisher.Target target, Draft draft) {
        var result = new CompletableFuture<Published>();
        reserve(draft, true);
        Path file = null;
        try {
            file = folder == null ? null : folder.keep(target, draft);
            enqueue(target, draft, file, result);
            return result;
        } catch (SluiceException notTaken) {
            release(draft);
            if (file != null && folder != null) {
                folder.remove(file);
            }
            throw notTaken;
        }
    }

    /** What has not been answered, oldest first. */
    List<Draft> drafts() {
        lock.lock();
        try {
            var sorted = new TreeMap<Long, Draft>();
            lanes.values().forEach(lane -> lane.entries.forEach(entry -> sorted.put(entry.order, entry.draft)));
            return new ArrayList<>(sorted.values());
        } finally {
            lock.unlock();
        }
    }

    /** Tries at once what waits for a better time. */
    void wake() {
        lock.lock();
        try {
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is taken; what has not been answered fails, and stays in the folder. */
    void close() {
        var left = new ArrayList<Entry>();
        lock.lock();
        try {
            end = Problems.closed();
            for (var lane : lanes.values()) {
                left.addAll(lane.entries);
                lane.interrupt();
            }
        } finally {
            lock.unlock();
        }
        left.forEach(entry -> entry.result.completeExceptionally(Problems.closed()));
    }

    private void reserve(Draft draft, boolean bounded) {
        lock.lock();
        try {
            if (end != null) {
                throw end;
            }
            if (bounded && size >= options.queue()) {
                throw full(options.queue() + " unsent messages");
            }
            if (bounded && size > 0 && bytes + draft.body().length > MAX_BYTES) {
                throw full((MAX_BYTES >> 20) + " MiB of unsent messages");
            }
            size++;
            bytes += draft.body().length;
        } finally {
            lock.unlock();
        }
    }

    private static SluiceException full(String what) {
        return new SluiceException(ProblemCode.QUEUE_FULL, "there are " + what + " already");
    }

    private void release(Draft draft) {
        lock.lock();
        try {
            size--;
            bytes -= draft.body().length;
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(
            Publisher.Target target, Draft draft, @Nullable Path file, CompletableFuture<Published> result) {
        lock.lock();
        try {
            if (end != null) {
                throw end;
            }
            var lane = lanes.computeIfAbsent(target, Lane::new);
            lane.entries.add(new Entry(++order, target, draft, file, result));
            lane.begin();
        } finally {
            lock.unlock();
        }
    }

    /** What goes to one channel. The lock guards it. */
    private final class Lane implements Runnable {
        private final Publisher.Target target;
        private final ArrayDeque<Entry> entries = new ArrayDeque<>();
        private final Backoff backoff = options.newBackoff();
        private @Nullable Thread sender;

        Lane(Publisher.Target target) {
            this.target = target;
        }

        void begin() {
            if (sender == null) {
                sender = Thread.ofVirtual().name("sluice-send").start(this);
            }
        }

        void interrupt() {
            if (sender != null) {
                sender.interrupt();
            }
        }

        @Override
        public void run() {
            try {
                for (var entry = first(); entry != null; entry = first()) {
                    send(entry);
                }
            } catch (InterruptedException closed) {
                // By close(), which has ended it.
            }
        }

        private void send(Entry entry) throws InterruptedException {
            try {
                var published = publisher.once(target, entry.draft);
                backoff.reset();
                done(entry);
                entry.result.complete(published);
            } catch (SluiceException refused) {
                if (refused.code() == ProblemCode.INTERRUPTED) {
                    throw new InterruptedException();
                }
                if (refused.code().isPassing()) {
                    pause(
                            backoff.next(refused.retryAfter()).toNanos(),
                            refused.retryAfter().isPresent());
                } else {
                    done(entry);
                    entry.result.completeExceptionally(refused);
                }
            }
        }

        /** A wait that the server asked for is kept; another ends when the connection is back. */
        private void pause(long nanos, boolean promised) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                long left = nanos;
                while (left > 0) {
                    left = woken.awaitNanos(left);
                    left = promised ? left : 0;
                }
            } finally {
                lock.unlock();
            }
        }

        /** The oldest; null, and the thread ends, when nothing waits. */
        private @Nullable Entry first() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                if (entries.isEmpty()) {
                    lanes.remove(target);
                    sender = null;
                    return null;
                }
                return entries.element();
            } finally {
                lock.unlock();
            }
        }

        private void done(Entry entry) {
            if (entry.file != null && folder != null) {
                folder.remove(entry.file);
            }
            lock.lock();
            try {
                entries.remove(entry);
            } finally {
                lock.unlock();
            }
            release(entry.draft);
        }
    }
}
