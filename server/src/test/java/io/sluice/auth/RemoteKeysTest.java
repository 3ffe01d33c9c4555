package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
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
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys from {@code auth.jwks_url}, over HTTP from an endpoint that also fails in every way. */
class RemoteKeysTest {
    private final ManualClock clock = new ManualClock();
    private final PublishedKeys issuer;
    private final Tokens tokens;

    RemoteKeysTest() throws Exception {
        issuer = new PublishedKeys();
        var yaml = "auth: {mode: jwt, jwks_url: '" + issuer.url() + "', jwks_refresh: 10m, jwks_max_stale: 1h}";
        var config = ConfigReader.parse(yaml, "test.yaml", Map.of());
        tokens = new Tokens(
                config.auth(),
                new OriginPolicy(List::of),
                new Tickets(
                        clock,
                        new SecureRandom(),
                        Duration.ofSeconds(30),
                        null,
                        new ListedChannel(clock),
                        new ListedChannel(clock)),
                new Revocations(clock, Duration.ofHours(1), 10),
                new Limits(new LimitsConfig(), clock, new Random(1), () -> 0),
                clock);
    }

    @AfterEach
    void stop() {
        tokens.close();
        issuer.close();
    }

    @Test
    void theKeysAreFetchedOnceForAllTokens() throws Exception {
        var key = key("a");
        issuer.publishes(key.toPublicJWK());

        var first = judge(signed(key, "alice"));
        var second = judge(signed(key, "bob"));

        assertThat(List.of(first, second)).allMatch(result -> result instanceof Result.Known);
        assertThat(issuer.fetches()).isEqualTo(1);
    }

    @Test
    void tokensThatComeTogetherWaitForOneFetch() throws Exception {
        var key = key("a");
        issuer.publishes(key.toPublicJWK());

        var judgements = new ArrayList<CompletableFuture<Result>>();
        for (int i = 0; i < 20; i++) {
            judgements.add(begin(signed(key, "user" + i)));
        }

        assertThat(judgements).allMatch(judgement -> await(judgement) instanceof Result.Known);
        assertThat(issuer.fetches()).isEqualTo(1);
    }

    @Test
    void aKeyThatWasAddedIsFetchedWhenATokenNamesItButAtMostEveryThirtySeconds() throws Exception {
        var old = key("old");
        var rotated = key("new");
        issuer.publishes(old.toPublicJWK());
        assertThat(judge(signed(old, "alice"))).isInstanceOf(Result.Known.class);
        issuer.publishes(old.toPublicJWK(), rotated.toPublicJWK());

        var tooSoon = judge(signed(rotated, "alice"));
        var stillTooSoon = judge(signed(key("made-up"), "eve"));
        int before = issuer.fetches();
        clock.advance(RemoteKeys.BETWEEN_FETCHES);
        var later = judge(signed(rotated, "alice"));

        assertRefused(tooSoon, ClientError.UNAUTHENTICATED, "no trusted key");
        assertRefused(stillTooSoon, ClientError.UNAUTHENTICATED, "no trusted key");
        assertThat(before).isEqualTo(1);
        assertThat(later).isInstanceOf(Result.Known.class);
        assertThat(issuer.fetches()).isEqualTo(2);
    }

    @Test
    void aTokenOfAKeyThatWasWithdrawnIsRefusedAfterTheNextFetchThoughItWasRemembered() throws Exception {
        var leaked = key("leaked");
        var good = key("good");
        issuer.publishes(leaked.toPublicJWK(), good.toPublicJWK());
        var token = signed(leaked, "eve");
        assertThat(judge(token)).isInstanceOf(Result.Known.class);
        issuer.publishes(good.toPublicJWK());
        clock.advance(Duration.ofMinutes(11));

        judge(signed(good, "alice"));
        judge(signed(key("another"), "alice")); // waits for the fetch that the one before began

        assertRefused(judge(token), ClientError.UNAUTHENTICATED, "no trusted key");
    }

    @Test
    void theLastGoodKeysCountWhileTheEndpointIsDownButNotForEver() throws Exception {
        var key = key("a");
        issuer.publishes(key.toPublicJWK());
        judge(signed(key, "alice"));
        issuer.close();

        clock.advance(Duration.ofMinutes(59));
        var stale = judge(signed(key, "bob"));
        clock.advance(Duration.ofMinutes(2));
        var tooStale = judge(signed(key, "carol"));

        assertThat(stale).isInstanceOf(Result.Known.class);
        assertRefused(tooStale, ClientError.UPSTREAM_UNREACHABLE, "issuer's keys");
    }

    @ParameterizedTest
    @CsvSource({
        "200, text/html, <!doctype html><title>Sign in</title>",
        "200, application/json, '{\"keys\":[]}'",
        "200, application/json, '[1,2]'",
        "500, application/json, '{\"keys\":[]}'",
        "404, text/plain, nothing"
    })
    void anEndpointThatServesSomethingElseIsABadResponse(int status, String type, String body) throws Exception {
        issuer.text(status, type, body);

        var result = judge(signed(key("a"), "alice"));

        assertRefused(result, ClientError.UPSTREAM_BAD_RESPONSE, "JSON Web Key Set");
    }

    @Test
    void aHugeAnswerIsABadResponse() throws Exception {
        issuer.text(200, "application/json", "{\"keys\":[" + " ".repeat(RemoteKeys.MAX_BYTES) + "]}");

        var result = judge(signed(key("a"), "alice"));

        assertRefused(result, ClientError.UPSTREAM_BAD_RESPONSE, "larger than");
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        issuer.redirectsTo("http://127.0.0.1:9/elsewhere");

        var result = judge(signed(key("a"), "alice"));

        assertRefused(result, ClientError.UPSTREAM_BAD_RESPONSE, "JSON Web Key Set");
    }

    @Test
    void aSlowAnswerIsATimeout() throws Exception {
        issuer.stalls();

        var result = judge(signed(key("a"), "alice"));

        assertRefused(result, ClientError.UPSTREAM_TIMEOUT, "within 3000 ms");
    }

    @Test
    void anEndpointThatWasDownIsAskedAgainSoonAfterButNotForEveryToken() throws Exception {
        var key = key("a");
        issuer.text(503, "text/plain", "soon");
        judge(signed(key, "alice"));
        issuer.publishes(key.toPublicJWK());

        var atOnce = judge(signed(key, "alice"));
        int before = issuer.fetches();
        clock.advance(RemoteKeys.AFTER_FAILURE);
        var later = judge(signed(key, "alice"));

        assertRefused(atOnce, ClientError.UPSTREAM_BAD_RESPONSE, "");
        assertThat(before).isEqualTo(1);
        assertThat(later).isInstanceOf(Result.Known.class);
    }

    @Test
    void keysForOtherPurposesAndSharedSecretsInAPublishedSetCountForNothing() throws Exception {
        var secret = new OctetSequenceKeyGenerator(256).keyID("s").generate();
        var forEncryption = new ECKeyGenerator(Curve.P_256)
                .keyID("e")
                .keyUse(KeyUse.ENCRYPTION)
                .generate();
        var good = key("g");
        issuer.publishes(secret, forEncryption.toPublicJWK(), good.toPublicJWK());

        assertThat(judge(signed(good, "alice"))).isInstanceOf(Result.Known.class);
        assertRefused(judge(signed(forEncryption, "alice")), ClientError.UNAUTHENTICATED, "no trusted key");
    }

    private static ECKey key(String id) throws Exception {
        return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    }

    private String signed(ECKey key, String user) throws Exception {
        var claims = new JWTClaimsSet.Builder()
                .subject(user)
                .expirationTime(Date.from(clock.now().plusSeconds(3 * 3600)))
                .build();
        var jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private Result judge(String token) {
        return await(begin(token));
    }

    private CompletableFuture<Result> begin(String token) {
        var result = new CompletableFuture<Result>();
        tokens.authenticate(token, InetAddress.getLoopbackAddress(), result::complete);
        return result;
    }

    private static Result await(CompletableFuture<Result> result) {
        return result.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static void assertRefused(Result result, ClientError error, String detail) {
        assertThat(result).isInstanceOf(Result.Refused.class);
        var problem = ((Result.Refused) result).problem();
        assertThat(problem.error()).isEqualTo(error);
        assertThat(problem.detail()).contains(detail);
    }
}
