package io.sluice.testkit;

import java.util.function.BooleanSupplier;

/** Waits for what another thread will make true, by asking again and again until a deadline. */
public final class Eventually {
    private static final long PATIENCE_NANOS = 15_000_000_000L;

    private Eventually() {}

    /** Fails when {@code condition} does not hold in time. */
    public static void holds(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it never came true");
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }
}
