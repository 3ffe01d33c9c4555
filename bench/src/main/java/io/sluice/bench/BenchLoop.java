package io.sluice.bench;

import io.sluice.net.Clock;
import io.sluice.net.Loop;
import io.sluice.net.TimerWheel;
import java.util.ArrayDeque;

/** A loop that runs on the benchmark's own thread when it is told to. */
final class BenchLoop implements Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>(1024);
    private final TimerWheel wheel = new TimerWheel(System.nanoTime());

    /** Runs everything that is queued, and what that queues. */
    void run() {
        for (Runnable task; (task = tasks.poll()) != null; ) {
            task.run();
        }
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
        tasks.add(task);
    }

    @Override
    public TimerWheel wheel() {
        return wheel;
    }

    @Override
    public Clock clock() {
        return Clock.SYSTEM;
    }
}
