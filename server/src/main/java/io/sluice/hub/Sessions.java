package io.sluice.hub;

import io.sluice.auth.Revocation;
import io.sluice.net.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** Every open session of this server. Thread-safe. */
public final class Sessions {
    private final Map<String, Session> open = new ConcurrentHashMap<>();
    private final Clock clock;
    private final RandomGenerator random;

    Sessions(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    public Collection<Session> all() {
        return open.values();
    }

    public int count() {
        return open.size();
    }

    /**
     * Asks every session to leave, each with its own hint of when to come back, spread evenly over {@code spread} so that
     * those who return do not arrive at once.
     */
    public void drain(Duration spread) {
        for (var session : open.values()) {
            var wait = Duration.ofMillis(spread.isZero() ? 0 : random.nextLong(spread.toMillis() + 1));
            session.loop().execute(() -> {
                if (!session.isClosed()) {
                    session.peer().drain(wait);
                }
            });
        }
    }

    /** How many sessions a revocation that is said now would end. */
    public int endedBy(Revocation revocation) {
        int count = 0;
        for (var session : open.values()) {
            if (revocation.ends(session.id(), session.identity(), clock.now())) {
                count++;
            }
        }
        return count;
    }

    /** Cuts every session that {@code revocation} ends, which was said at {@code since}. */
    public void revoke(Revocation revocation, Instant since) {
        for (var session : open.values()) {
            if (revocation.ends(session.id(), session.identity(), since)) {
                session.loop().execute(() -> {
                    if (!session.isClosed()) {
                        session.peer().disconnect(Disconnect.UNAUTHENTICATED);
                    }
                });
            }
        }
    }

    /** Waits until no session is left, for at most {@code longest}; false when some still are. Blocks: not on a loop. */
    public boolean awaitNone(Duration longest) {
        try {
            synchronized (open) {
                long left = longest.toMillis();
                long end = clock.nanos() + longest.toNanos();
                while (!open.isEmpty() && left > 0) {
                    open.wait(left);
                    left = (end - clock.nanos()) / 1_000_000;
                }
                return open.isEmpty();
            }
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    String nextId() {
        synchronized (random) {
            return Long.toUnsignedString(random.nextLong(), 36);
        }
    }

    void add(Session session) {
        open.put(session.id(), session);
    }

    void remove(Session session) {
        open.remove(session.id());
        if (open.isEmpty()) {
            synchronized (open) {
                open.notifyAll();
            }
        }
    }
}
