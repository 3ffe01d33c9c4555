package io.sluice.testkit;

import io.sluice.net.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Time that moves only when a test says so. Starts at 2026-11-21T09:00:00.123Z. Thread-safe. */
public final class ManualClock implements Clock {
    public static final Instant START = Instant.parse("2026-11-21T09:00:00.123Z");

    private final AtomicLong elapsedNanos = new AtomicLong();

    public void advance(Duration by) {
        elapsedNanos.addAndGet(by.toNanos());
    }

    @Override
    public long nanos() {
        return elapsedNanos.get();
    }

    @Override
    public Instant now() {
        return START.plusNanos(elapsedNanos.get());
    }
}
