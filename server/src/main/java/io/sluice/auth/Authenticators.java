package io.sluice.auth;

import io.sluice.config.AuthConfig;
import io.sluice.limit.Limits;
import io.sluice.net.Clock;

/** Every {@code auth.mode} there is. */
public final class Authenticators {
    private Authenticators() {}

    /** The one that {@code auth} asks for; throws {@link io.sluice.config.ConfigException} when its keys are not usable. */
    public static Authenticator of(
            AuthConfig auth,
            OriginPolicy origins,
            Tickets tickets,
            Revocations revocations,
            Limits limits,
            Clock clock) {
        return switch (auth.mode()) {
            case NONE -> new Anybody(tickets, origins);
            case JWT -> new Tokens(auth, origins, tickets, revocations, limits, clock);
        };
    }
}
