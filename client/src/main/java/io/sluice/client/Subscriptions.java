package io.sluice.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What a client is subscribed to, one subscription per channel. Thread-safe. */
final class Subscriptions {
    /** As many as every transport can carry over one connection. */
    static final int MOST = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Subscription> byChannel = new LinkedHashMap<>();
    private long version;
    private @Nullable Runnable onChange;
    private @Nullable SluiceException over;

    void add(Subscription subscription) {
        change(() -> {
            if (over != null) {
                throw over;
            }
            if (byChannel.containsKey(subscription.channel())) {
                throw new IllegalStateException(
                        "this client is subscribed to " + subscription.channel() + " already; close that first");
            }
            if (byChannel.size() >= MOST) {
                throw new IllegalStateException("a client has at most " + MOST + " subscriptions; use another one");
            }
            byChannel.put(subscription.channel(), subscription);
        });
    }

    void remove(Subscription subscription) {
        change(() -> byChannel.remove(subscription.channel(), subscription));
    }

    /** Ends all of them, and every later one. */
    void end(SluiceException why, boolean atOnce) {
        var all = all();
        lock.lock();
        try {
            over = why;
        } finally {
            lock.unlock();
        }
        all.forEach(atOnce ? Subscription::close : each -> each.fail(why));
    }

    List<Subscription> all() {
        lock.lock();
        try {
            return List.copyOf(byChannel.values());
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Subscription of(String channel) {
        lock.lock();
        try {
            return byChannel.get(channel);
        } finally {
            lock.unlock();
        }
    }

    /** Another number whenever a subscription came or went. */
    long version() {
        lock.lock();
        try {
            return version;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is one. */
    void awaitAny() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (byChannel.isEmpty()) {
                changed.await(1, TimeUnit.HOURS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Runs after each change; on the thread that changes. */
    void onChange(@Nullable Runnable task) {
        lock.lock();
        try {
            onChange = task;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the connection look again at what it should do. */
    void changed() {
        change(() -> {});
    }

    private void change(Runnable step) {
        Runnable told;
        lock.lock();
        try {
            step.run();
            version++;
            changed.signalAll();
            told = onChange;
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.run();
        }
    }
}
