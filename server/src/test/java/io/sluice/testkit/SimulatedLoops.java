package io.sluice.testkit;

import io.sluice.net.Clock;
import io.sluice.net.Loop;
import io.sluice.net.TimerWheel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** Several event loops in one thread: a test decides which of them runs its next task, and when time goes on. */
public final class SimulatedLoops {
    private final ManualClock clock;
    private final List<SimulatedLoop> loops = new ArrayList<>();

    public SimulatedLoops(int count, ManualClock clock) {
        this.clock = clock;
        for (int i = 0; i < count; i++) {
            loops.add(new SimulatedLoop(i));
        }
    }

    public List<Loop> loops() {
        return List.copyOf(loops);
    }

    /** Runs one task of a loop that {@code random} picks; false when no loop has any that is due. */
    public boolean runOne(RandomGenerator random) {
        int first = random.nextInt(loops.size());
        for (int i = 0; i < loops.size(); i++) {
            if (loops.get((first + i) % loops.size()).runOne()) {
                return true;
            }
        }
        return false;
    }

    /** Runs everything that is due, and what that makes due, without letting time go on. */
    public void runAll(RandomGenerator random) {
        while (runOne(random)) {
            // The next one.
        }
    }

    private final class SimulatedLoop implements Loop {
        private final int index;
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final PriorityQueue<Delayed> delayed =
                new PriorityQueue<>((a, b) -> Long.compare(a.atNanos, b.atNanos));
        private final TimerWheel wheel = new TimerWheel(clock.nanos());
        private boolean running;

        SimulatedLoop(int index) {
            this.index = index;
        }

        boolean runOne() {
            wheel.advance(clock.nanos());
            while (!delayed.isEmpty() && delayed.peek().atNanos <= clock.nanos()) {
                tasks.add(delayed.poll().task);
            }
            var task = tasks.poll();
            if (task == null) {
                return false;
            }
            running = true;
            task.run();
            running = false;
            return true;
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public boolean isCurrent() {
            return running;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void schedule(Runnable task, long delayNanos) {
            delayed.add(new Delayed(clock.nanos() + delayNanos, task));
        }

        @Override
        public TimerWheel wheel() {
            return wheel;
        }

        @Override
        public Clock clock() {
            return clock;
        }
    }

    private record Delayed(long atNanos, Runnable task) {}
}
