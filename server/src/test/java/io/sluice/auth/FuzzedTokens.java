package io.sluice.auth;

import static io.sluice.fuzz.FuzzTarget.check;

import io.sluice.auth.Authenticator.Result;
import io.sluice.config.ConfigReader;
import io.sluice.config.LimitsConfig;
import io.sluice.http.ClientError;
import io.sluice.limit.Limits;
import io.sluice.testkit.ListedChannel;
import io.sluice.testkit.ManualClock;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A server's tokens, signed with one shared secret, and a peer without end who shows them. */
final class FuzzedTokens {
    static final String SECRET = "0123456789abcdef0123456789abcdef";

    private static final InetAddress PEER = InetAddress.ofLiteral("203.0.113.7");
    private static final Set<ClientError> REFUSALS = Set.of(ClientError.UNAUTHENTICATED, ClientError.TOKEN_EXPIRED);

    final ManualClock clock = new ManualClock();
    final Tickets tickets = new Tickets(
            clock,
            new SecureRandom(),
            Duration.ofSeconds(30),
            SECRET.getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            new ListedChannel(clock),
            new ListedChannel(clock));

    private final Tokens tokens = new Tokens(
            ConfigReader.parse("auth:\n  mode: jwt\n  secret: " + SECRET, "fuzz.yaml", Map.of())
                    .auth(),
            new OriginPolicy(List::of),
            tickets,
            new Revocations(clock, Duration.ofHours(24), 10),
            new Limits(new LimitsConfig(), clock, new Random(1), () -> 0),
            clock);

    /** Judges a token; a refusal must be one of those that a token can get. */
    Result judge(String token) {
        clock.advance(Duration.ofMinutes(1)); // so that bad ones are looked at again
        var answer = new CompletableFuture<Result>();
        tokens.authenticate(token, PEER, answer::complete);
        var result = answer.orTimeout(10, TimeUnit.SECONDS).join();
        if (result instanceof Result.Refused(var problem)) {
            check(REFUSALS.contains(problem.error()), problem.toString());
        }
        return result;
    }
}
