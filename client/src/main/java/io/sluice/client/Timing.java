package io.sluice.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Time and chance, which tests replace. */
interface Timing {
    Timing SYSTEM = new Timing() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public double random() {
            return ThreadLocalRandom.current().nextDouble();
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }
    };

    /** A clock that only moves forward. */
    long nanos();

    /** From 0 up to, not including, 1. */
    double random();

    /** Waits. */
    void pause(Duration time) throws InterruptedException;
}
