package io.sluice.net;

import java.time.Instant;

/**
 * Where time comes from. Nothing else in Sluice reads the system clock, so a test or a simulation can stop and move it.
 *
 * <p>Implementations are thread-safe.
 */
public interface Clock {
    /** The machine's clocks. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long millis() {
            return System.currentTimeMillis();
        }
    };

    /** Monotonic nanoseconds from an arbitrary origin: for durations and deadlines. */
    long nanos();

    /** Wall-clock time: for what people and other machines read. */
    Instant now();

    /** {@link #now} in milliseconds since 1970, for who asks often: allocates nothing on the machine's clock. */
    default long millis() {
        return now().toEpochMilli();
    }
}
