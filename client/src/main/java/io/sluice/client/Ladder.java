package io.sluice.client;

import io.sluice.client.LinkBroken.Blame;
import java.time.Duration;
import java.util.List;

/**
 * Which transport is tried next. Down a rung at once when a transport does not get through, or is cut again and again; up
 * again from time to time, since networks change. The rung that worked last is remembered: a server that was away has
 * nothing to do with transports. Used by one thread.
 */
final class Ladder {
    /** A connection that lives shorter than this does not count as one that works. */
    static final Duration STEADY = Duration.ofSeconds(5);

    private static final int CUTS = 3;
    private static final Duration LAST_CLIMB = Duration.ofMinutes(10);

    private final List<Transport> rungs;
    private final Duration firstClimb;
    private int at;
    private int remembered;
    private int cuts;
    private boolean live;
    private long liveNanos;
    private Duration climbAfter;

    /** @param begin the rung to begin with */
    Ladder(List<Transport> rungs, int begin, Duration firstClimb) {
        this.rungs = rungs;
        this.at = begin;
        this.remembered = begin;
        this.firstClimb = firstClimb;
        this.climbAfter = firstClimb;
    }

    Transport current() {
        return rungs.get(at);
    }

    void connecting() {
        live = false;
    }

    /** The transport brings events. */
    void live(long nanos) {
        if (!live) {
            live = true;
            liveNanos = nanos;
            remembered = at;
        }
    }

    /** True when the connection brought events. */
    boolean isLive() {
        return live;
    }

    /** True when the connection has held long enough to be worth something. */
    boolean wasSteady(long nanos) {
        return live && nanos - liveNanos >= STEADY.toNanos();
    }

    /** True when a better transport should be tried now. */
    boolean shouldClimb(long nanos) {
        return at > 0 && live && nanos - liveNanos >= climbAfter.toNanos();
    }

    /** Tries from the best transport down; later again if that leads back here. */
    void climb() {
        at = 0;
        cuts = 0;
        var longest = firstClimb.compareTo(LAST_CLIMB) < 0 ? LAST_CLIMB : firstClimb;
        var doubled = climbAfter.multipliedBy(2);
        climbAfter = doubled.compareTo(longest) < 0 ? doubled : longest;
    }

    /** A connection broke, or was not made. True when another transport is to be tried at once. */
    boolean stepDown(LinkBroken broken, long nanos) {
        boolean steady = wasSteady(nanos);
        if (steady && at == 0) {
            climbAfter = firstClimb;
        }
        if (broken.blame() != Blame.TRANSPORT) {
            at = remembered;
            return false;
        }
        if (live) {
            cuts = steady ? 0 : cuts + 1;
            if (cuts < CUTS) {
                return false;
            }
        }
        cuts = 0;
        at++;
        if (at == rungs.size()) {
            at = 0;
            return false;
        }
        return true;
    }
}
