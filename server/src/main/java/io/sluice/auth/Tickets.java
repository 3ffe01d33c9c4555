package io.sluice.auth;

import io.sluice.net.Clock;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Single-use stand-ins for an identity, for connections that can only carry a URL. A ticket is 128 random bits.
 *
 * <p>Thread-safe. Bounded: beyond the limit none is issued until one is used or has run out.
 */
public final class Tickets {
    private static final int BYTES = 16;

    private final Clock clock;
    private final SecureRandom random;
    private final Duration lifetime;
    private final int most;
    // In the order of issue, which is the order of expiry too. Guarded by this.
    private final Map<String, Ticket> open = new LinkedHashMap<>();

    /**
     * @param lifetime how long a ticket may wait
     * @param most how many may wait
     */
    public Tickets(Clock clock, SecureRandom random, Duration lifetime, int most) {
        this.clock = clock;
        this.random = random;
        this.lifetime = lifetime;
        this.most = most;
    }

    /** A new ticket for {@code identity}, or null when too many wait to be used: the caller answers 503. */
    public synchronized @Nullable Ticket issue(Identity identity) {
        var now = clock.now();
        forgetUntil(now);
        if (open.size() >= most) {
            return null;
        }
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        var text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        var ticket = new Ticket(text, now.plus(lifetime), identity);
        open.put(text, ticket);
        return ticket;
    }

    /** Uses a ticket up: the identity it stands for, or null when it is unknown, used or too old. */
    public synchronized @Nullable Identity redeem(String text) {
        var ticket = open.remove(text);
        return ticket != null && clock.now().isBefore(ticket.expires) ? ticket.identity : null;
    }

    /** How many wait to be used, those that have run out lately included. */
    public synchronized int size() {
        return open.size();
    }

    private void forgetUntil(Instant now) {
        var tickets = open.values().iterator();
        while (tickets.hasNext() && !now.isBefore(tickets.next().expires)) {
            tickets.remove();
        }
    }

    /**
     * A ticket.
     *
     * @param text what goes into the URL
     */
    public record Ticket(String text, Instant expires, Identity identity) {
        /** Without its text, which is as good as a password. */
        @Override
        public String toString() {
            return "Ticket[expires=" + expires + "]";
        }
    }
}
