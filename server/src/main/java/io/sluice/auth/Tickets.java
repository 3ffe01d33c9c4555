package io.sluice.auth;

import io.sluice.auth.InternalChannel.Entered;
import io.sluice.config.AuthConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Single-use stand-ins for an identity, for connections that can only carry a URL. A ticket holds the identity itself, sealed
 * under a secret that all servers of the engine have, so any of them can open it; it is used up by appending its id to an
 * internal channel, which stores an id once.
 *
 * <p>Thread-safe; never blocks. Nothing is kept for a ticket until it is used, and then for its life only. The secret is the
 * configured one, else the first that any server put into the engine.
 */
public final class Tickets {
    /** What fits into a request line of any usual server or proxy. */
    public static final int MAX_CHARACTERS = 4_096;

    private static final int SECRET_BYTES = 32;
    private static final int MAX_USES_PER_SECOND = 20_000;
    /** How far the clocks of two servers may be apart. */
    private static final Duration SKEW = Duration.ofMinutes(2);

    private final Clock clock;
    private final SecureRandom random;
    private final Duration lifetime;
    private final InternalChannel secrets;
    private final InternalChannel uses;
    private volatile @Nullable TicketSeal seal;

    /**
     * @param lifetime how long a ticket may wait
     * @param secret null to have one made and kept in {@code secrets}
     * @param uses where the ids of used tickets go
     */
    public Tickets(
            Clock clock,
            SecureRandom random,
            Duration lifetime,
            byte @Nullable [] secret,
            InternalChannel secrets,
            InternalChannel uses) {
        this.clock = clock;
        this.random = random;
        this.lifetime = lifetime;
        this.secrets = secrets;
        this.uses = uses;
        if (secret != null) {
            seal = new TicketSeal(secret);
        } else {
            secrets.follow(entry -> {
                if (seal == null) {
                    seal = new TicketSeal(entry.content());
                }
            });
        }
    }

    /** Those that {@code auth} asks for. */
    public static Tickets of(
            AuthConfig auth, Clock clock, SecureRandom random, InternalChannel secrets, InternalChannel uses) {
        var secret = auth.ticketSecret() == null ? null : auth.ticketSecret().bytes();
        return new Tickets(clock, random, auth.ticketTtl(), secret, secrets, uses);
    }

    /** The bounds of the channel of secrets: they stay. */
    public static InternalChannel.Bounds secrets() {
        return new InternalChannel.Bounds("ticket-secrets", Duration.ofDays(36_500), Duration.ofHours(24), 100);
    }

    /** The bounds of the channel of uses: their keys count, the entries need not stay. */
    public static InternalChannel.Bounds uses(AuthConfig auth) {
        return new InternalChannel.Bounds(
                "tickets", Duration.ofSeconds(1), auth.ticketTtl().plus(SKEW), MAX_USES_PER_SECOND);
    }

    /** What became of a request for a ticket. */
    public sealed interface Issued {
        record Done(Ticket ticket) implements Issued {}

        record Refused(Problem problem) implements Issued {}
    }

    /** A new ticket for {@code identity}. {@code answer} runs once, on any thread, perhaps before this returns. */
    public void issue(Identity identity, Consumer<Issued> answer) {
        withSeal((sealing, refusal) -> answer.accept(
                sealing == null || refusal != null
                        ? new Issued.Refused(refusal == null ? noSecret() : refusal)
                        : issue(identity, sealing)));
    }

    private Issued issue(Identity identity, TicketSeal sealing) {
        var id = new byte[TicketSeal.ID_BYTES];
        random.nextBytes(id);
        var expires = Instant.ofEpochMilli(clock.now().plus(lifetime).toEpochMilli());
        var text = sealing.seal(id, new TicketContent(expires, identity).encoded());
        return text.length() > MAX_CHARACTERS
                ? new Issued.Refused(Problem.of(
                                ClientError.TOO_LARGE,
                                "the grants do not fit into a ticket of " + MAX_CHARACTERS + " characters")
                        .with("limit", MAX_CHARACTERS))
                : new Issued.Done(new Ticket(text, expires));
    }

    /**
     * Uses a ticket up. {@code answer} runs once, on any thread, perhaps before this returns: with the identity that it stands
     * for, or why it does not count.
     */
    public void redeem(String text, Consumer<Authenticator.Result> answer) {
        if (text.length() > MAX_CHARACTERS) {
            answer.accept(useless());
            return;
        }
        withSeal((sealing, refusal) -> {
            if (sealing == null || refusal != null) {
                answer.accept(new Authenticator.Result.Refused(refusal == null ? noSecret() : refusal));
                return;
            }
            var opened = sealing.open(text);
            if (opened == null) {
                answer.accept(useless());
            } else {
                use(opened.id(), TicketContent.decode(opened.content()), answer);
            }
        });
    }

    private void use(byte[] id, TicketContent content, Consumer<Authenticator.Result> answer) {
        if (!clock.now().isBefore(content.expires())) {
            answer.accept(useless());
            return;
        }
        uses.append(Base64.getUrlEncoder().withoutPadding().encodeToString(id), new byte[0], entered -> {
            switch (entered) {
                case Entered.First() -> answer.accept(new Authenticator.Result.Known(content.identity()));
                case Entered.Again() -> answer.accept(useless());
                case Entered.Refused(var problem) -> answer.accept(new Authenticator.Result.Refused(problem));
            }
        });
    }

    private interface Sealing {
        void with(@Nullable TicketSeal seal, @Nullable Problem refusal);
    }

    /** The seal that counts everywhere. Where none is known yet, one is offered, and the first that any server offered counts. */
    private void withSeal(Sealing then) {
        var known = seal;
        if (known != null) {
            then.with(known, null);
            return;
        }
        var offer = new byte[SECRET_BYTES];
        random.nextBytes(offer);
        secrets.append(null, offer, entered -> {
            if (entered instanceof Entered.Refused(var problem)) {
                then.with(null, problem);
            } else {
                then.with(seal, null);
            }
        });
    }

    private static Problem noSecret() {
        return Problem.of(ClientError.OVERLOADED, "tickets have no secret yet");
    }

    /** One answer for all, so that trying teaches nothing. */
    private static Authenticator.Result useless() {
        return new Authenticator.Result.Refused(
                Problem.of(ClientError.UNAUTHENTICATED, "the ticket is unknown, used or too old"));
    }

    /**
     * A ticket.
     *
     * @param text what goes into the URL
     */
    public record Ticket(String text, Instant expires) {
        /** Without its text, which is as good as a password. */
        @Override
        public String toString() {
            return "Ticket[expires=" + expires + "]";
        }
    }
}
