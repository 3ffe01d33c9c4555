package io.sluice.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/** A thread that runs its next task when the simulation lets it. */
final class SimulatedExecutor implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** False when there is nothing to run. */
    boolean runOne() {
        var task = tasks.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }
}
