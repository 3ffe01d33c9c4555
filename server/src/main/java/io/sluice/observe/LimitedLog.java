package io.sluice.observe;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A log that an attacker cannot flood: at most so many lines a second; what is left out is counted, and told with the first
 * line of a later second. Thread-safe; under contention a line more or less may pass.
 */
public final class LimitedLog {
    private static final long SECOND = 1_000_000_000L;

    private final Consumer<String> out;
    private final int perSecond;
    private final LongSupplier nanos;
    private final AtomicLong second;
    private final AtomicInteger written = new AtomicInteger();
    private final AtomicInteger leftOut = new AtomicInteger();

    /**
     * @param out takes each line; must not block
     * @param nanos monotonic time
     */
    public LimitedLog(Consumer<String> out, int perSecond, LongSupplier nanos) {
        this.out = out;
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.second = new AtomicLong(Math.floorDiv(nanos.getAsLong(), SECOND));
    }

    /** Writes {@code line}, which is only made when there is room for it. */
    public void line(Supplier<String> line) {
        long now = Math.floorDiv(nanos.getAsLong(), SECOND);
        long before = second.get();
        if (now != before && second.compareAndSet(before, now)) {
            written.set(0);
            int missing = leftOut.getAndSet(0);
            if (missing > 0) {
                out.accept("left out lines=" + missing);
            }
        }
        if (written.incrementAndGet() <= perSecond) {
            out.accept(line.get());
        } else {
            leftOut.incrementAndGet();
        }
    }
}
