package io.sluice.hub;

import io.sluice.auth.Identity;
import io.sluice.net.TimerWheel;
import java.time.Duration;

/**
 * Watches over the token of one session: says that it will expire, and ends the session when it has. Confined to the
 * session's loop. A renewed identity starts it over.
 *
 * <p>Time is judged by the wall clock whenever the timer fires, so that a clock which was set does not matter.
 */
final class SessionExpiry {
    private static final Duration LONGEST_SLEEP = Duration.ofHours(1);

    private final Session session;
    private final Duration warning;
    private final TimerWheel.Entry timer = new TimerWheel.Entry(now -> look());
    private boolean warned;

    /** @param warning how long before the end the client is told */
    SessionExpiry(Session session, Duration warning) {
        this.session = session;
        this.warning = warning;
    }

    /** Begins, or begins again. */
    void watch() {
        warned = false;
        look();
    }

    void stop() {
        session.loop().wheel().cancel(timer);
    }

    private void look() {
        Identity identity = session.identity();
        var expires = identity.expires();
        if (session.isClosed() || expires == null) {
            stop();
            return;
        }
        var left = Duration.between(session.loop().clock().now(), expires);
        if (!left.isPositive()) {
            session.peer().disconnect(Disconnect.UNAUTHENTICATED);
            return;
        }
        if (left.compareTo(warning) <= 0 && !warned) {
            warned = true;
            session.peer().expiring(left);
        }
        var next = warned ? left : left.minus(warning);
        long nanos = (next.compareTo(LONGEST_SLEEP) < 0 ? next : LONGEST_SLEEP).toNanos();
        session.loop().wheel().schedule(timer, session.loop().clock().nanos() + nanos);
    }
}
