package io.sluice.net;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.concurrent.TimeUnit;

/** A {@link Loop} that is one Netty event loop. Its wheel is advanced by one periodic task. */
final class NettyLoop implements Loop {
    private final int index;
    private final EventLoop executor;
    private final Clock clock;
    private final TimerWheel wheel;

    NettyLoop(int index, EventLoop executor, Clock clock) {
        this.index = index;
        this.executor = executor;
        this.clock = clock;
        this.wheel = new TimerWheel(clock.nanos());
        executor.scheduleAtFixedRate(
                () -> wheel.advance(clock.nanos()), TimerWheel.TICK_NANOS, TimerWheel.TICK_NANOS, TimeUnit.NANOSECONDS);
    }

    EventLoop executor() {
        return executor;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean isCurrent() {
        return executor.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public void nextTurn(Runnable task) {
        // A task of this turn would run before the sockets; one behind its last task begins the next.
        if (executor instanceof SingleThreadEventLoop turns) {
            turns.executeAfterEventLoopIteration(() -> executor.execute(task));
        } else {
            executor.execute(task);
        }
    }

    @Override
    public void schedule(Runnable task, long delayNanos) {
        executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
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
