package io.sluice.net;

import java.util.ArrayDeque;

/**
 * The sockets of one loop whose bytes wait for another turn, in line. Confined to its loop.
 *
 * <p>Whatever their number, together they get {@link #SHARE_NANOS} before the loop looks at its other sockets again: so what a
 * flood costs is bounded for everybody who does not take part in it.
 */
public final class ReadTurns {
    /** What all that wait take of the loop at once. */
    private static final long SHARE_NANOS = 200_000;

    private final Loop loop;
    private final ArrayDeque<FairReads> waiting = new ArrayDeque<>();
    private boolean scheduled;

    public ReadTurns(Loop loop) {
        this.loop = loop;
    }

    long nanos() {
        return loop.clock().nanos();
    }

    /** True while others wait. */
    boolean isBusy() {
        return !waiting.isEmpty();
    }

    void add(FairReads socket) {
        waiting.add(socket);
        schedule();
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            loop.nextTurn(this::run);
        }
    }

    private void run() {
        scheduled = false;
        long end = nanos() + SHARE_NANOS;
        // Those that are back in line were served already.
        for (int left = waiting.size(); left > 0; left--) {
            waiting.remove().goOn();
            if (nanos() - end >= 0) {
                break;
            }
        }
        if (!waiting.isEmpty()) {
            schedule();
        }
    }
}
