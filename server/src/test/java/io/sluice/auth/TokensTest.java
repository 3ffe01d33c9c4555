package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.auth.Authenticator.Result;
import io.sluice.config.AuthConfig;
import io.sluice.config.ConfigException;
import io.sluice.config.ConfigReader;
import io.sluice.config.LimitsConfig;
import io.sluice.config.Secret;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Query;
import io.sluice.limit.Limits;
import io.sluice.net.Clock;
import io.sluice.net.Loop;
import io.sluice.testkit.ListedChannel;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final InetAddress PEER = InetAddress.ofLiteral("203.0.113.7");
    private static final Instant START = Instant.parse("2026-11-21T09:00:00Z");

    private final MovableClock clock = new MovableClock();
    private final Limits limits = new Limits(new LimitsConfig(), clock, new Random(1), () -> 0);
    private final Revocations revocations = new Revocations(clock, Duration.ofHours(24), 10);
    private final Tickets tickets = new Tickets(
            clock,
            new SecureRandom(),
            Duration.ofSeconds(30),
            null,
            new ListedChannel(clock),
            new ListedChannel(clock));

    @Test
    void aSignedTokenIsItsUserWithItsGrants() throws Exception {
        var token = signed(claims().subject("alice")
                .jwtID("t1")
                .claim("grants", List.of(Map.of("channels", "chat:*", "can", List.of("subscribe", "dance")))));

        var result = judge(hs256(), token);

        assertThat(result).isInstanceOf(Result.Known.class);
        var identity = ((Result.Known) result).identity();
        assertThat(identity.user()).isEqualTo("alice");
        assertThat(identity.tokenId()).isEqualTo("t1");
        assertThat(identity.grants().allows(Verb.SUBSCRIBE, "chat:x")).isTrue();
        assertThat(identity.grants().allows(Verb.PUBLISH, "chat:x")).isFalse();
        assertThat(identity.grants().allows(Verb.SUBSCRIBE, "news")).isFalse();
        assertThat(identity.expires()).isEqualTo(START.plusSeconds(3600 + 60));
    }

    @Test
    void aTokenExpiresAfterItsTimeAndTheSkewEvenWhenItWasRemembered() throws Exception {
        var tokens = hs256();
        var token = signed(claims());
        clock.now = START.plusSeconds(3600 + 59);
        assertThat(judge(tokens, token)).isInstanceOf(Result.Known.class);

        clock.now = START.plusSeconds(3600 + 60);

        assertRefused(judge(tokens, token), ClientError.TOKEN_EXPIRED, "expired");
    }

    @Test
    void aTokenIsNotValidBeforeItsTime() throws Exception {
        var tokens = hs256();
        var token = signed(claims().notBeforeTime(Date.from(START.plusSeconds(90))));

        assertRefused(judge(tokens, token), ClientError.UNAUTHENTICATED, "not valid yet");
        clock.now = START.plusSeconds(30);
        assertThat(judge(tokens, token)).isInstanceOf(Result.Known.class);
    }

    @Test
    void brokenTokensAreRefusedWithTheReason() throws Exception {
        var tokens = hs256();
        var good = signed(claims());
        var tampered = good.substring(0, good.length() - 4) + (good.endsWith("AAAA") ? "BBBB" : "AAAA");
        var unsigned = new PlainJWT(claims().build()).serialize();
        var foreign = signed(claims(), new MACSigner("another-secret-another-secret-32"), JWSAlgorithm.HS256, null);

        assertRefused(judge(tokens, "rubbish"), ClientError.UNAUTHENTICATED, "not a signed JWT");
        assertRefused(judge(tokens, ""), ClientError.UNAUTHENTICATED, "not a signed JWT");
        assertRefused(judge(tokens, tampered), ClientError.UNAUTHENTICATED, "no trusted key");
        assertRefused(judge(tokens, unsigned), ClientError.UNAUTHENTICATED, "not a signed JWT");
        assertRefused(judge(tokens, foreign), ClientError.UNAUTHENTICATED, "no trusted key");
        assertRefused(judge(tokens, "x".repeat(8193)), ClientError.UNAUTHENTICATED, "longer than");
    }

    @Test
    void claimsThatBreakARuleAreNamed() throws Exception {
        var endless = new JWTClaimsSet.Builder().subject("alice");
        var misgranted = claims().claim("grants", List.of(Map.of("channels", "a*b", "can", List.of("publish"))));
        var unlisted = claims().claim("grants", "everything");

        assertRefused(judge(hs256(), signed(endless)), ClientError.UNAUTHENTICATED, "exp is missing");
        assertRefused(judge(hs256(), signed(misgranted)), ClientError.UNAUTHENTICATED, "channels: must be");
        assertRefused(judge(hs256(), signed(unlisted)), ClientError.UNAUTHENTICATED, "grants must be a list");
    }

    @Test
    void issuerAndAudienceMustBeTheConfiguredOnes() throws Exception {
        var config = auth("secret: " + SECRET, "issuer: https://id.example", "audience: sluice", "clock_skew: 0s");
        var tokens = tokens(config);

        assertRefused(judge(tokens, signed(claims().audience("sluice"))), ClientError.UNAUTHENTICATED, "iss");
        assertRefused(
                judge(tokens, signed(claims().issuer("https://id.example").audience("other"))),
                ClientError.UNAUTHENTICATED,
                "aud");
        assertThat(judge(tokens, signed(claims().issuer("https://id.example").audience(List.of("other", "sluice")))))
                .isInstanceOf(Result.Known.class);
    }

    @Test
    void publishedKeysVerifyRsaEllipticAndEdwardsSignatures(@TempDir Path folder) throws Exception {
        var rsa = new RSAKeyGenerator(2048).keyID("r").generate();
        var ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var encoded = pair.getPublic().getEncoded();
        var x = Base64URL.encode(java.util.Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        var ed = new OctetKeyPair.Builder(Curve.Ed25519, x).keyID("d").build();
        var tokens = tokens(jwks(folder, new JWKSet(List.of(rsa.toPublicJWK(), ec.toPublicJWK(), ed))));

        assertThat(judge(tokens, signed(claims(), new RSASSASigner(rsa), JWSAlgorithm.RS256, "r")))
                .isInstanceOf(Result.Known.class);
        assertThat(judge(tokens, signed(claims(), new ECDSASigner(ec), JWSAlgorithm.ES256, "e")))
                .isInstanceOf(Result.Known.class);
        var header = new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("d").build();
        var input = header.toBase64URL() + "." + claims().build().toPayload().toBase64URL();
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        assertThat(judge(tokens, input + "." + Base64URL.encode(signature.sign())))
                .isInstanceOf(Result.Known.class);
        assertRefused(
                judge(tokens, signed(claims(), new RSASSASigner(rsa), JWSAlgorithm.RS256, "e")),
                ClientError.UNAUTHENTICATED,
                "no trusted key");
    }

    @Test
    void aPublicKeyIsNeverTakenForASharedSecret(@TempDir Path folder) throws Exception {
        var rsa = new RSAKeyGenerator(2048).generate();
        var tokens = tokens(jwks(folder, new JWKSet(rsa.toPublicJWK())));
        var forged = signed(claims(), new MACSigner(rsa.toPublicKey().getEncoded()), JWSAlgorithm.HS256, null);

        assertRefused(judge(tokens, forged), ClientError.UNAUTHENTICATED, "no trusted key");
    }

    @Test
    void aKeySetWithASymmetricKeyIsRefusedAtStart(@TempDir Path folder) throws Exception {
        var secret = new OctetSequenceKeyGenerator(256).generate();
        var file = Files.writeString(folder.resolve("jwks.json"), new JWKSet(secret).toString(false));

        assertThatThrownBy(() -> tokens(jwks(file)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("auth.jwks_file: keys[0]");
    }

    @Test
    void criticalExtensionsThatAreNotKnownAreRefused() throws Exception {
        var header = new JWSHeader.Builder(JWSAlgorithm.HS256)
                .criticalParams(java.util.Set.of("exp-at-noon"))
                .customParam("exp-at-noon", true)
                .build();
        var jwt = new SignedJWT(header, claims().build());
        jwt.sign(new MACSigner(SECRET));

        assertRefused(judge(hs256(), jwt.serialize()), ClientError.UNAUTHENTICATED, "crit");
    }

    @Test
    void aKeyThatTheTokenBringsAlongCountsForNothing() throws Exception {
        var own = new RSAKeyGenerator(2048).keyID("r").generate();
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .jwk(own.toPublicJWK())
                .jwkURL(java.net.URI.create("http://127.0.0.1:9/keys"))
                .build();
        var jwt = new SignedJWT(header, claims().build());
        jwt.sign(new RSASSASigner(own));

        assertRefused(judge(hs256(), jwt.serialize()), ClientError.UNAUTHENTICATED, "no trusted key");
    }

    @Test
    void aTokenOfAClockThatIsMoreThanAMinuteAheadIsNotValidYet() throws Exception {
        var tokens = hs256();

        var withinSkew = judge(tokens, signed(claims().issueTime(Date.from(START.plusSeconds(60)))));
        var beyond = judge(tokens, signed(claims().issueTime(Date.from(START.plusSeconds(61)))));

        assertThat(withinSkew).isInstanceOf(Result.Known.class);
        assertRefused(beyond, ClientError.UNAUTHENTICATED, "not valid yet");
        assertThatThrownBy(() -> auth("secret: " + SECRET, "clock_skew: 61s"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("auth.clock_skew: must be 0s to 60s");
    }

    @Test
    void aMegabyteIsRefusedBeforeItIsRead() {
        var huge = "e".repeat(1 << 20);

        assertRefused(judge(hs256(), huge), ClientError.UNAUTHENTICATED, "longer than");
        assertThat(limits.mayCheckToken(PEER)).as("nothing was checked").isNull();
    }

    @Test
    void aPeerWithManyBadTokensWaitsBeforeTheNextSignatureIsCheckedAndOthersDoNot() throws Exception {
        var tokens = hs256();
        var good = signed(claims().subject("alice"));
        assertThat(judge(tokens, good)).isInstanceOf(Result.Known.class);

        for (int i = 0; i < 20; i++) {
            var forged = signed(claims().jwtID("t" + i), new MACSigner("x".repeat(32)), JWSAlgorithm.HS256, null);
            assertRefused(judge(tokens, forged), ClientError.UNAUTHENTICATED, "no trusted key");
        }

        var another = signed(claims().subject("bob"));
        assertRefused(judge(tokens, another), ClientError.RATE_LIMITED, "address-bad-tokens");
        assertThat(judge(tokens, good)).as("known tokens still count").isInstanceOf(Result.Known.class);
        assertThat(judge(tokens, another, InetAddress.ofLiteral("203.0.113.8"))).isInstanceOf(Result.Known.class);
        clock.now = clock.now.plusSeconds(10);
        assertThat(judge(tokens, another)).isInstanceOf(Result.Known.class);
    }

    @Test
    void goodTokensAreNeverCountedAsBad() throws Exception {
        var tokens = hs256();

        for (int i = 0; i < 100; i++) {
            assertThat(judge(tokens, signed(claims().jwtID("t" + i)))).isInstanceOf(Result.Known.class);
        }
    }

    @Test
    void aRevokedUserNeedsANewerTokenAndARevokedTokenNeverCountsAgain() throws Exception {
        var tokens = hs256();
        var old = signed(claims().subject("alice").issueTime(Date.from(START)));
        var ageless = signed(claims().subject("alice"));
        var named = signed(claims().subject("bob").jwtID("t1"));
        assertThat(judge(tokens, named)).isInstanceOf(Result.Known.class);

        revocations.follow(new ListedChannel(clock), (revocation, since) -> {});
        revocations.revoke(new Revocation(Revocation.Kind.USER, "alice"), refusal -> {});
        revocations.revoke(new Revocation(Revocation.Kind.TOKEN_ID, "t1"), refusal -> {});
        clock.now = START.plusSeconds(2);
        var newer = signed(claims().subject("alice").issueTime(Date.from(START.plusSeconds(1))));

        assertRefused(judge(tokens, old), ClientError.UNAUTHENTICATED, "revoked");
        assertRefused(judge(tokens, ageless), ClientError.UNAUTHENTICATED, "revoked");
        assertRefused(judge(tokens, named), ClientError.UNAUTHENTICATED, "revoked");
        assertThat(judge(tokens, newer)).isInstanceOf(Result.Known.class);
    }

    @Test
    void theSecretMayStandInAFile(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        var config = auth("secret_file: " + file);

        assertThat(judge(tokens(config), signed(claims()))).isInstanceOf(Result.Known.class);
    }

    @Test
    void anApiKeyHasItsGrantsAndNoUser() {
        var digest = "c48a01f49fd0f2cc404bc3cbbc80e91457a3d41bb429a695243de4c61794155c"; // of demo-key
        var config = auth("api_keys: {billing: {sha256: " + digest + ", grants: [{channels: '*', can: [publish]}]}}");

        var result = judge(tokens(config), "demo-key");

        assertThat(result).isInstanceOf(Result.Known.class);
        var identity = ((Result.Known) result).identity();
        assertThat(identity.user()).isNull();
        assertThat(identity.grants().allows(Verb.PUBLISH, "orders")).isTrue();
        assertThat(identity.grants().allows(Verb.SUBSCRIBE, "orders")).isFalse();
    }

    @Test
    void credentialsComeAsBearerCookieOrTicketButNotInTheQuery() throws Exception {
        var tokens = hs256();
        var token = signed(claims().subject("alice"));
        var issued = new AtomicReference<Tickets.Issued>();
        tickets.issue(new Identity("bob", null, Grants.NONE, null), issued::set);
        var ticket = ((Tickets.Issued.Done) issued.get()).ticket();

        assertThat(judge(tokens, exchange("", "host", "h"))).isInstanceOf(Result.Absent.class);
        assertThat(user(judge(tokens, exchange("", "authorization", "bearer " + token))))
                .isEqualTo("alice");
        assertRefused(
                judge(tokens, exchange("", "authorization", "Basic YTpi")), ClientError.UNAUTHENTICATED, "Bearer");
        assertThat(judge(tokens, exchange("token=" + token))).isInstanceOf(Result.Absent.class);
        assertThat(user(judge(tokens, exchange("ticket=" + ticket.text())))).isEqualTo("bob");
        assertRefused(judge(tokens, exchange("ticket=" + ticket.text())), ClientError.UNAUTHENTICATED, "ticket");
    }

    @Test
    void theCookieCountsOnlyForPagesOfAnAllowedOrigin() throws Exception {
        var tokens = hs256();
        var cookie = "a=b; sluice_token=" + signed(claims().subject("alice"));

        assertThat(user(judge(
                        tokens, exchange("", "cookie", cookie, "host", "a.example", "origin", "http://a.example"))))
                .isEqualTo("alice");
        assertThat(user(judge(tokens, exchange("", "cookie", cookie, "sec-fetch-site", "same-origin"))))
                .isEqualTo("alice");
        assertRefused(
                judge(tokens, exchange("", "cookie", cookie, "host", "a.example", "origin", "http://b.example")),
                ClientError.ORIGIN_REFUSED,
                "origin");
        assertRefused(judge(tokens, exchange("", "cookie", cookie)), ClientError.ORIGIN_REFUSED, "origin");
    }

    @Test
    void originsAreComparedExactlyOrWithTheHost() {
        var same = new OriginPolicy(List::of);
        var listed = new OriginPolicy(() -> List.of("https://app.example"));

        assertThat(same.allows("https://a.example", "a.example", true)).isTrue();
        assertThat(same.allows("https://a.example:443", "a.example", true)).isTrue();
        assertThat(same.allows("https://a.example", "a.example", false)).isTrue();
        assertThat(same.allows("http://a.example", "a.example", true)).isFalse();
        assertThat(same.allows("http://a.example:81", "a.example", false)).isFalse();
        assertThat(same.allows("null", "a.example", false)).isFalse();
        assertThat(same.allows("http://[::1", "[::1", false)).isFalse();
        assertThat(listed.allows("https://app.example", "other", true)).isTrue();
        assertThat(listed.allows("https://app.example.evil", "app.example.evil", true))
                .isFalse();
    }

    private Tokens hs256() {
        return tokens(AuthConfig.jwt(new Secret(SECRET)));
    }

    private Tokens tokens(AuthConfig config) {
        return new Tokens(config, new OriginPolicy(List::of), tickets, revocations, limits, clock);
    }

    private static AuthConfig jwks(Path folder, JWKSet keys) throws Exception {
        return jwks(Files.writeString(folder.resolve("jwks.json"), keys.toString()));
    }

    private static AuthConfig jwks(Path file) {
        return auth("jwks_file: " + file);
    }

    private static AuthConfig auth(String... lines) {
        var yaml = "auth:\n  mode: jwt\n  " + String.join("\n  ", lines);
        return ConfigReader.parse(yaml, "test.yaml", Map.of()).auth();
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder().expirationTime(Date.from(START.plusSeconds(3600)));
    }

    private static String signed(JWTClaimsSet.Builder claims) throws JOSEException {
        return signed(claims, new MACSigner(SECRET), JWSAlgorithm.HS256, null);
    }

    private static String signed(
            JWTClaimsSet.Builder claims, JWSSigner signer, JWSAlgorithm algorithm, @Nullable String keyId)
            throws JOSEException {
        var jwt = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(keyId).build(), claims.build());
        jwt.sign(signer);
        return jwt.serialize();
    }

    private static Result judge(Tokens tokens, String token) {
        return judge(tokens, token, PEER);
    }

    private static Result judge(Tokens tokens, String token, InetAddress peer) {
        var result = new CompletableFuture<Result>();
        tokens.authenticate(token, peer, result::complete);
        return result.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static Result judge(Tokens tokens, HttpExchange exchange) {
        var result = new AtomicReference<Result>();
        tokens.authenticate(exchange, result::set);
        return result.get();
    }

    private static @Nullable String user(Result result) {
        assertThat(result).isInstanceOf(Result.Known.class);
        return ((Result.Known) result).identity().user();
    }

    private static void assertRefused(Result result, ClientError error, String detail) {
        assertThat(result).isInstanceOf(Result.Refused.class);
        var problem = ((Result.Refused) result).problem();
        assertThat(problem.error()).isEqualTo(error);
        assertThat(problem.detail()).contains(detail);
    }

    /** An exchange of which only the request's head can be read. */
    private static HttpExchange exchange(String query, String... fields) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        int equals = query.indexOf('=');
        var parsed = equals < 0
                ? Query.EMPTY
                : new Query(Map.of(query.substring(0, equals), List.of(query.substring(equals + 1))));
        return (HttpExchange) Proxy.newProxyInstance(
                TokensTest.class.getClassLoader(),
                new Class<?>[] {HttpExchange.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "headers" -> headers;
                    case "query" -> parsed;
                    case "secure" -> false;
                    case "loop" -> AT_ONCE;
                    case "peer" -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static final Loop AT_ONCE = (Loop) Proxy.newProxyInstance(
            TokensTest.class.getClassLoader(), new Class<?>[] {Loop.class}, (proxy, method, arguments) -> {
                ((Runnable) arguments[0]).run();
                return null;
            });

    private static final class MovableClock implements Clock {
        private Instant now = START;

        @Override
        public long nanos() {
            return now.toEpochMilli() * 1_000_000;
        }

        @Override
        public Instant now() {
            return now;
        }
    }
}
