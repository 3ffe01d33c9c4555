package io.sluice.bench;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.sluice.auth.Authenticator;
import io.sluice.auth.Authenticators;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.auth.InternalChannel;
import io.sluice.auth.OriginPolicy;
import io.sluice.auth.Revocation;
import io.sluice.auth.Revocations;
import io.sluice.auth.Tickets;
import io.sluice.auth.Verb;
import io.sluice.config.ConfigReader;
import io.sluice.http.Problem;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Gate;
import io.sluice.limit.Limits;
import io.sluice.limit.Share;
import io.sluice.net.Clock;
import java.net.InetAddress;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to know a caller and to ask whether it may: an identity with 20 grants of which the last one fits, a token
 * that expires, and every limit in force. {@code verify} checks an ES256 signature; {@code remembered} finds it checked.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class AuthoriseBenchmark {
    private static final InetAddress PEER = InetAddress.ofLiteral("203.0.113.7");

    private final ChannelName channel = new ChannelName("team19:general");
    private Gate gate;
    private Identity identity;
    private Share share;
    private Authenticator remembering;
    private Authenticator forgetting;
    private String token;
    private Authenticator.@Nullable Result result;

    @Setup
    public void prepare() throws Exception {
        var plenty =
                "{connects: 1000000000/1ms, publishes: 1000000000/1ms, subscribes: 1000000000/1ms, bytes: 1GiB/1ms}";
        var rates = ConfigReader.parse(
                        "limits: {user: " + plenty + ", address: " + plenty
                                + ", session: {subscribes: 1000000000/1ms}}",
                        "bench",
                        Map.of())
                .limits();
        var limits = new Limits(rates, Clock.SYSTEM, new Random(1), () -> 0);
        var revocations = new Revocations(Clock.SYSTEM, Duration.ofHours(24), 1_000);
        revocations.follow(new NoEngine(), (revocation, since) -> {});
        revocations.revoke(new Revocation(Revocation.Kind.USER, "somebody-else"), refusal -> {});
        gate = new Gate(Clock.SYSTEM, null, revocations, Duration.ofSeconds(30));
        var grants = new ArrayList<Grants.Grant>();
        for (int i = 0; i < 20; i++) {
            grants.add(new Grants.Grant("team" + i + ":*", EnumSet.of(Verb.SUBSCRIBE, Verb.PUBLISH)));
        }
        share = limits.ofSession(PEER, "alice", null);
        identity = new Identity("alice", "t1", new Grants(grants), Instant.now().plusSeconds(86_400)).taking(share);
        var key = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
        var jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k").build(),
                new JWTClaimsSet.Builder()
                        .subject("alice")
                        .expirationTime(Date.from(Instant.now().plusSeconds(86_400)))
                        .claim("grants", List.of(Map.of("channels", "chat:*", "can", List.of("publish"))))
                        .build());
        jwt.sign(new ECDSASigner(key));
        token = jwt.serialize();
        var keys = Files.createTempFile("bench", ".jwks");
        keys.toFile().deleteOnExit();
        Files.writeString(keys, new JWKSet(key.toPublicJWK()).toString());
        remembering = authenticator("auth: {mode: jwt, jwks_file: '" + keys + "'}", limits, revocations);
        forgetting = authenticator(
                "auth: {mode: jwt, max_cached_tokens: 0, jwks_file: '" + keys + "'}", limits, revocations);
    }

    private static Authenticator authenticator(String yaml, Limits limits, Revocations revocations) {
        var config = ConfigReader.parse(yaml, "bench", Map.of());
        var tickets = Tickets.of(config.auth(), Clock.SYSTEM, new SecureRandom(), new NoEngine(), new NoEngine());
        return Authenticators.of(config.auth(), new OriginPolicy(List::of), tickets, revocations, limits, Clock.SYSTEM);
    }

    /** Gives what is appended back to the one who follows: nothing here asks an engine. */
    private static final class NoEngine implements InternalChannel {
        private Consumer<Entry> follower = entry -> {};

        @Override
        public void append(@Nullable String key, byte[] content, Consumer<Entered> answer) {
            follower.accept(new Entry(content, Clock.SYSTEM.now()));
            answer.accept(new Entered.First());
        }

        @Override
        public CompletableFuture<Void> follow(Consumer<Entry> each) {
            follower = each;
            return CompletableFuture.completedFuture(null);
        }
    }

    @Benchmark
    public @Nullable Problem authorise() {
        return gate.check(identity, Verb.PUBLISH, channel);
    }

    /** Pays for a subscribe from the buckets of session, user and address, none of which ever runs dry here. */
    @Benchmark
    public @Nullable Problem pay() {
        return share.subscribe();
    }

    @Benchmark
    public Authenticator.@Nullable Result remembered() {
        remembering.authenticate(token, PEER, found -> result = found);
        return result;
    }

    /** With the way to the threads that check signatures, and back. */
    @Benchmark
    public Authenticator.Result verify() {
        var found = new CompletableFuture<Authenticator.Result>();
        forgetting.authenticate(token, PEER, found::complete);
        return found.join();
    }
}
