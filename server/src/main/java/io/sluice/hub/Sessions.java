package io.sluice.hub;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** Every open session of this server. Thread-safe. */
public final class Sessions {
    private final Map<String, Session> open = new ConcurrentHashMap<>();
    private final RandomGenerator random;

    Sessions(RandomGenerator random) {
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
                    session.inbox().drain(wait);
                }
            });
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
    }
}
