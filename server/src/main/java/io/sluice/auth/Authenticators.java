package io.sluice.auth;

import io.sluice.config.Config;
import io.sluice.limit.Limits;
import io.sluice.net.Clock;
import java.security.SecureRandom;

/** Every {@code auth.mode} there is. */
public final class Authenticators {
    private Authenticators() {}

    /** The one that {@code config} asks for; throws {@link io.sluice.config.ConfigException} when its keys are not usable. */
    public static Authenticator of(Config config, Revocations revocations, Limits limits, Clock clock) {
        var auth = config.auth();
        var tickets = new Tickets(clock, new SecureRandom(), auth.ticketTtl(), auth.maxTickets());
        var origins = new OriginPolicy(config.edge().allowedOrigins());
        return switch (auth.mode()) {
            case NONE -> new Anybody(tickets, origins);
            case JWT -> new Tokens(auth, origins, tickets, revocations, limits, clock);
        };
    }
}
