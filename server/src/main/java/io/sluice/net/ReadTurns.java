package io.sluice.net;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one loop whose bytes wait for another turn, in line. Confined to its loop.
 *
 * <p>Whatever their number, together they get {@link #SHARE_NANOS} before the loop looks at its other sockets again: so what a
 * flood costs is bounded for everybody who does not take part in it. Those that were refused stand in a line of their own, which is
 * served once in {@link #REFUSED_NANOS}.
 */
public final class ReadTurns {
    /** What all that wait take of the loop at once. */
    private static final long SHARE_NANOS = 200_000;

    /** Together with their share: what all that are refused take of a loop is a sixth. */
    private static final long REFUSED_NANOS = 1_000_000;

    private final Loop loop;
    private final long pauseNanos;
    private final @Nullable ReadTurns ofRefused;
    private final ArrayDeque<FairReads> waiting = new ArrayDeque<>();
    private boolean scheduled;

    public ReadTurns(Loop loop) {
        this(loop, 0, new ReadTurns(loop, REFUSED_NANOS, null));
    }

    private ReadTurns(Loop loop, long pauseNanos, @Nullable ReadTurns ofRefused) {
        this.loop = loop;
        this.pauseNanos = pauseNanos;
        this.ofRefused = ofRefused;
    }

    /** The line of those that were refused again and again. */
    ReadTurns ofRefused() {
        return ofRefused == null ? this : ofRefused;
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
            if (pauseNanos == 0) {
                loop.nextTurn(this::run);
            } else {
                loop.schedule(this::run, pauseNanos);
            }
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
