package io.sluice.client;

import java.time.Duration;

/** The real time with short waits: chance always draws the same small part of a ceiling. */
record Quick(double chance) implements Timing {
    /** Waits of 10 ms, 20 ms and so on to 300 ms. */
    static final Quick HUNDREDTH = new Quick(0.01);

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public double random() {
        return chance;
    }

    @Override
    public void pause(Duration time) throws InterruptedException {
        Timing.SYSTEM.pause(time);
    }
}
