package io.sluice.net;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A hashed timer wheel: all timeouts of one loop on one ticking clock, so that a connection costs an entry in a list and
 * not a timer of its own (Varghese and Lauck, 1987).
 *
 * <p>Confined to its loop. Entries are intrusive: scheduling allocates nothing. Resolution is one tick of 100 ms; an entry
 * fires in the first tick that starts at or after its deadline.
 */
public final class TimerWheel {
    public static final long TICK_NANOS = 100_000_000L;
    private static final int SLOTS = 1024;

    private final Entry[] slots = new Entry[SLOTS];
    private long tick;
    private int size;

    /** @param nowNanos the clock's reading at which the wheel starts */
    public TimerWheel(long nowNanos) {
        tick = Math.floorDiv(nowNanos, TICK_NANOS);
        for (int i = 0; i < SLOTS; i++) {
            var head = new Entry(n -> {});
            head.previous = head;
            head.next = head;
            slots[i] = head;
        }
    }

    /** Schedules {@code entry}, or moves it if it is scheduled already. */
    public void schedule(Entry entry, long deadlineNanos) {
        cancel(entry);
        entry.tick = Math.max(tick + 1, Math.ceilDiv(deadlineNanos, TICK_NANOS));
        var head = slots[(int) (entry.tick & (SLOTS - 1))];
        entry.previous = head.previous;
        entry.next = head;
        requireLinked(head.previous).next = entry;
        head.previous = entry;
        size++;
    }

    /** Does nothing when {@code entry} is not scheduled. */
    public void cancel(Entry entry) {
        if (entry.next == null) {
            return;
        }
        requireLinked(entry.previous).next = entry.next;
        entry.next.previous = entry.previous;
        entry.next = null;
        entry.previous = null;
        size--;
    }

    /** Fires everything that is due at {@code nowNanos}. Called by the loop once per tick. */
    public void advance(long nowNanos) {
        long target = Math.floorDiv(nowNanos, TICK_NANOS);
        if (size == 0) {
            tick = Math.max(tick, target);
            return;
        }
        while (tick < target) {
            tick++;
            fire(slots[(int) (tick & (SLOTS - 1))], nowNanos);
        }
    }

    /** How many entries are scheduled. */
    public int size() {
        return size;
    }

    private void fire(Entry head, long nowNanos) {
        // Due entries are first moved to a list of their own: what fires may schedule or cancel any entry.
        var due = new Entry(n -> {});
        due.previous = due;
        due.next = due;
        for (var entry = head.next; entry != null && entry != head; ) {
            var following = entry.next;
            if (entry.tick <= tick) {
                cancel(entry);
                entry.previous = due.previous;
                entry.next = due;
                requireLinked(due.previous).next = entry;
                due.previous = entry;
                size++;
            }
            entry = following;
        }
        while (due.next != null && due.next != due) {
            var entry = due.next;
            cancel(entry);
            entry.action.accept(nowNanos);
        }
    }

    private static Entry requireLinked(@Nullable Entry entry) {
        if (entry == null) {
            throw new IllegalStateException("timer entry is not linked");
        }
        return entry;
    }

    /** One timeout; its owner keeps it as a field and reuses it. */
    public static final class Entry {
        private final LongConsumer action;
        private @Nullable Entry previous;
        private @Nullable Entry next;
        private long tick;

        /** @param action runs on the loop with the clock's nanoseconds when the deadline has passed */
        public Entry(LongConsumer action) {
            this.action = action;
        }

        public boolean isScheduled() {
            return next != null;
        }
    }
}
