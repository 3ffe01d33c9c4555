package io.sluice.hub;

import io.sluice.auth.GrantCallback;
import io.sluice.auth.Identity;
import io.sluice.auth.Revocations;
import io.sluice.auth.Verb;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one place that asks whether a caller may do something with a channel, and that makes it pay for it: every path to the
 * hub goes through it. Thread-safe; allocates nothing when the caller's own grants allow it.
 *
 * <p>A user may read its own channel {@code user:<id>} without a grant. What no grant allows is asked of the team's backend
 * where one is configured.
 */
public final class Gate {
    /** Asks without taking anything of the caller's share. */
    static final int FREE = -1;

    private final Clock clock;
    private final @Nullable GrantCallback callback;
    private final @Nullable Revocations revocations;
    private final Duration expiryWarning;

    /**
     * @param callback null where only grants count
     * @param revocations null where tokens are not asked for
     * @param expiryWarning how long before its token expires a session is told
     */
    public Gate(
            Clock clock, @Nullable GrantCallback callback, @Nullable Revocations revocations, Duration expiryWarning) {
        this.clock = clock;
        this.callback = callback;
        this.revocations = revocations;
        this.expiryWarning = expiryWarning;
    }

    Duration expiryWarning() {
        return expiryWarning;
    }

    /** True when the token behind {@code identity} no longer counts. */
    boolean isRevoked(Identity identity) {
        return revocations != null && revocations.covers(identity);
    }

    /**
     * Gives {@code then} null when {@code identity} may, else why not: at once, or on any thread once the backend has answered.
     *
     * @param size what is to be published in bytes; 0 for what is no publication; {@link #FREE}
     */
    void pass(Identity identity, Verb verb, ChannelName channel, int size, Consumer<@Nullable Problem> then) {
        var refusal = check(identity, verb, channel);
        if (refusal == null) {
            then.accept(pay(identity, verb, size));
        } else if (callback == null || refusal.error() != ClientError.FORBIDDEN) {
            then.accept(refusal);
        } else {
            callback.ask(
                    identity,
                    verb,
                    channel.value(),
                    refused -> then.accept(refused == null ? pay(identity, verb, size) : refused));
        }
    }

    /** Null when the grants of {@code identity} allow it, else why not. */
    public @Nullable Problem check(Identity identity, Verb verb, ChannelName channel) {
        if (identity.expires() != null && identity.isExpiredAt(clock.millis())) {
            return Problem.of(ClientError.TOKEN_EXPIRED, "the token has expired: authenticate again");
        }
        if (isRevoked(identity)) {
            return Problem.of(ClientError.UNAUTHENTICATED, "the token was revoked: get a new one");
        }
        if (verb != Verb.PUBLISH && verb != Verb.ADMIN && identity.user() != null && channel.isOf(identity.user())) {
            return null;
        }
        if (identity.grants().allows(verb, channel.value())) {
            return null;
        }
        return Problem.of(
                ClientError.FORBIDDEN, "no grant for " + verb.name().toLowerCase(Locale.ROOT) + " on " + channel);
    }

    private static @Nullable Problem pay(Identity identity, Verb verb, int size) {
        if (size == FREE) {
            return null;
        }
        return switch (verb) {
            case PUBLISH, SIGNAL -> identity.share().publish(size);
            case SUBSCRIBE, PRESENCE, HISTORY, ADMIN -> identity.share().subscribe();
        };
    }
}
