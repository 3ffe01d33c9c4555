package io.sluice.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What has been read and not yet been taken, bounded by count and by length: whoever puts waits, and so stops reading. Filled by
 * the client's thread, emptied by the subscription's.
 */
final class EventBuffer {
    /** Characters of publications that may wait; one longer than this waits alone. */
    private static final long MAX_LENGTH = 8L << 20;

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private long length;
    private @Nullable SluiceException end;
    private boolean dropsRest;

    EventBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** True when there was room in time, or it is over and the event is dropped. */
    boolean put(Event event, Duration within) throws InterruptedException {
        long left = within.toNanos();
        lock.lockInterruptibly();
        try {
            while (end == null && !hasRoomFor(event)) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            if (end == null) {
                events.add(event);
                length += lengthOf(event);
                changed.signalAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The next event; null when none came in time. Throws why it is over after the last event. */
    @Nullable
    Event take(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (events.isEmpty() || dropsRest) {
                if (end != null) {
                    throw end;
                }
                if (left <= 0) {
                    return null;
                }
                left = changed.awaitNanos(left);
            }
            var event = events.remove();
            length -= lengthOf(event);
            changed.signalAll();
            return event;
        } finally {
            lock.unlock();
        }
    }

    /** The next event, whenever it comes. */
    Event take() throws InterruptedException {
        while (true) {
            var event = take(TimeUnit.HOURS.toNanos(1));
            if (event != null) {
                return event;
            }
        }
    }

    /** Nothing more is put; what waits is still taken, unless {@code atOnce}. False when it had ended before. */
    boolean end(SluiceException why, boolean atOnce) {
        lock.lock();
        try {
            if (end != null) {
                return false;
            }
            end = why;
            dropsRest = atOnce;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        lock.lock();
        try {
            return end != null;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoomFor(Event event) {
        return events.isEmpty() || (events.size() < capacity && length + lengthOf(event) <= MAX_LENGTH);
    }

    private static long lengthOf(Event event) {
        return event instanceof Publication publication ? publication.length() : 64;
    }
}
