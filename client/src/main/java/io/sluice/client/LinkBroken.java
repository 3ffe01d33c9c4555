package io.sluice.client;

import java.time.Duration;
import java.util.Optional;

/** A connection could not be made, or broke; {@link Blame} says what is worth trying next. */
final class LinkBroken extends Exception {
    private static final long serialVersionUID = 1L;

    /** Who is at fault. */
    enum Blame {
        /** Something between here and there does not let this transport through: try another. */
        TRANSPORT,
        /** The server is not there, or asks to come back later: the same again, after a wait. */
        SERVER,
        /** The token: the same again with another one. */
        TOKEN,
        /** This client will never be let in: give up. */
        CLIENT
    }

    private final Blame blame;
    private final SluiceException reason;

    LinkBroken(Blame blame, SluiceException reason) {
        super(reason.getMessage(), reason, false, false);
        this.blame = blame;
        this.reason = reason;
    }

    /** The network failed, as {@code failure} says. */
    static LinkBroken network(Throwable failure) {
        var reason = Problems.of(failure);
        return new LinkBroken(reason.code() == ProblemCode.UNREACHABLE ? Blame.SERVER : Blame.TRANSPORT, reason);
    }

    /** The server answered with a refusal. */
    static LinkBroken refused(SluiceException reason) {
        if (reason.code().asksForToken()) {
            return new LinkBroken(Blame.TOKEN, reason);
        }
        return new LinkBroken(reason.code().isPassing() ? Blame.SERVER : Blame.CLIENT, reason);
    }

    /**
     * Something answered with a status that is no success. A proxy that does not know a transport says 4xx without a problem
     * document; one whose server is away says 5xx.
     */
    static LinkBroken answered(int status, boolean ours, SluiceException reason) {
        return ours || status >= 500 || reason.code().asksForToken() || reason.code() == ProblemCode.RATE_LIMITED
                ? refused(reason)
                : new LinkBroken(Blame.TRANSPORT, reason);
    }

    /** Nothing came for longer than the server is ever silent. */
    static LinkBroken silent() {
        return new LinkBroken(
                Blame.TRANSPORT, new SluiceException(ProblemCode.CONNECTION_LOST, "the connection fell silent"));
    }

    /** The server asked to come back after a time. */
    static LinkBroken drained(Duration wait) {
        return new LinkBroken(
                Blame.SERVER, new SluiceException(ProblemCode.DRAINING, "the server is going away", wait, null, null));
    }

    Blame blame() {
        return blame;
    }

    SluiceException reason() {
        return reason;
    }

    Optional<Duration> retryAfter() {
        return reason.retryAfter();
    }
}
