package io.sluice.hub;

import io.sluice.auth.Identity;
import io.sluice.auth.Verb;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The one place that asks whether a caller may do something with a channel: every path to the hub goes through it. */
final class Gate {
    private Gate() {}

    /** Null when {@code identity} may, else why not. */
    static @Nullable Problem check(Identity identity, Verb verb, ChannelName channel, Instant now) {
        if (identity.isExpiredAt(now)) {
            return Problem.of(ClientError.TOKEN_EXPIRED, "the token has expired: authenticate again");
        }
        boolean reads = verb != Verb.PUBLISH;
        if (reads && identity.user() != null && identity.user().equals(channel.user())) {
            return null;
        }
        if (identity.grants().allows(verb, channel.value())) {
            return null;
        }
        return Problem.of(
                ClientError.FORBIDDEN, "no grant for " + verb.name().toLowerCase(Locale.ROOT) + " on " + channel);
    }
}
