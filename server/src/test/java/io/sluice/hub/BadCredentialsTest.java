package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.LogLines;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.WebSocketClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every credential that must not count, over sockets: as a header and as a first message, with its problem code, counted, and
 * never in a log. Keys come from an endpoint, which also fails in every way.
 */
class BadCredentialsTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String PATH = "/v1/channels/news/messages";

    private final ManualClock clock = new ManualClock();
    private final ECKey key;
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer issuer;
    private final EdgeServer server;
    private final ApiClient api;
    private volatile Answer keys;

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    /** What a token is made of. */
    interface Forgery {
        String token(BadCredentialsTest by) throws Exception;
    }

    record Bad(String name, String code, String detail, Forgery forgery) {
        @Override
        public String toString() {
            return name;
        }
    }

    BadCredentialsTest() throws Exception {
        key = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
        keys = text(200, "application/json", new JWKSet(key.toPublicJWK()).toString());
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.setExecutor(threads);
        issuer.createContext("/keys", exchange -> {
            keys.to(exchange);
            exchange.close();
        });
        issuer.start();
        server = EdgeServer.configured(
                clock, """
                auth:
                  mode: jwt
                  secret: %s
                  jwks_url: http://127.0.0.1:%d/keys
                  issuer: https://id.example
                  audience: sluice
                """.formatted(SECRET, issuer.getAddress().getPort()));
        api = new ApiClient(server);
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.close();
        issuer.stop(0);
        threads.shutdownNow();
    }

    static Stream<Bad> bad() {
        return Stream.of(
                new Bad("expired", "token-expired", "expired", by -> by.signed(by.claims(-3_700, 3_600))),
                new Bad("not yet valid", "unauthenticated", "not valid yet", by -> by.signed(by.claims(120, 3_600))),
                new Bad(
                        "another audience",
                        "unauthenticated",
                        "aud",
                        by -> by.signed(by.claims(0, 3_600).audience("another"))),
                new Bad(
                        "another issuer",
                        "unauthenticated",
                        "iss",
                        by -> by.signed(by.claims(0, 3_600).issuer("https://id.example.evil.example"))),
                new Bad(
                        "no expiry",
                        "unauthenticated",
                        "exp",
                        by -> by.signed(by.claims(0, 3_600).expirationTime(null))),
                new Bad("truncated", "unauthenticated", "", by -> {
                    var whole = by.signed(by.claims(0, 3_600));
                    return whole.substring(0, whole.length() - 10);
                }),
                new Bad("without its signature", "unauthenticated", "", by -> {
                    var whole = by.signed(by.claims(0, 3_600));
                    return whole.substring(0, whole.lastIndexOf('.') + 1);
                }),
                new Bad("changed", "unauthenticated", "", by -> {
                    var parts = by.signed(by.claims(0, 3_600)).split("\\.");
                    var other = by.signed(by.claims(0, 3_601)).split("\\.");
                    return parts[0] + "." + other[1] + "." + parts[2];
                }),
                new Bad(
                        "alg none",
                        "unauthenticated",
                        "not a signed",
                        by -> new PlainJWT(by.claims(0, 3_600).build()).serialize()),
                new Bad("a public key as a shared secret", "unauthenticated", "no trusted key", by -> {
                    var jwt = new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k").build(),
                            by.claims(0, 3_600).build());
                    jwt.sign(new MACSigner(by.key.toECPublicKey().getEncoded()));
                    return jwt.serialize();
                }),
                new Bad("an unknown critical header", "unauthenticated", "crit", by -> {
                    var jwt = new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.ES256)
                                    .keyID("k")
                                    .criticalParams(java.util.Set.of("future"))
                                    .customParam("future", 1)
                                    .build(),
                            by.claims(0, 3_600).build());
                    jwt.sign(new ECDSASigner(by.key));
                    return jwt.serialize();
                }),
                new Bad(
                        "a broken pattern",
                        "unauthenticated",
                        "channels: must be",
                        by -> by.signed(by.claims(0, 3_600)
                                .claim("grants", List.of(Map.of("channels", "a*b", "can", List.of("publish")))))),
                new Bad(
                        "an empty pattern",
                        "unauthenticated",
                        "channels: must be",
                        by -> by.signed(by.claims(0, 3_600)
                                .claim("grants", List.of(Map.of("channels", "", "can", List.of("publish")))))),
                new Bad(
                        "grants that are no list",
                        "unauthenticated",
                        "grants",
                        by -> by.signed(by.claims(0, 3_600).claim("grants", "all"))),
                new Bad("no JWT", "unauthenticated", "not a signed", by -> "T0PSECRETrubbish"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void isRefusedWithItsCodeOnEveryWayInAndCountedAndNotLogged(Bad bad) throws Exception {
        var token = bad.forgery.token(this);
        try (var log = new LogLines();
                var socket = WebSocketClient.connect(server)) {
            var byHeader = api.get(PATH, "authorization", "Bearer " + token);
            var byMessage = socket.call("auth", "\"token\":\"" + token + "\"");
            var good = socket.call("auth", "\"token\":\"" + signed(claims(0, 3_600)) + "\"");

            assertThat(byHeader.status()).isEqualTo(401);
            assertThat(byHeader.problem()).isEqualTo(bad.code);
            assertThat(byHeader.json().path("detail").asString())
                    .contains(bad.detail)
                    .doesNotContain(token);
            assertThat(byMessage.path("code").asString()).isEqualTo(bad.code);
            assertThat(good.path("type").asString()).isEqualTo("ok");
            assertThat(api.admin("/metrics").body())
                    .contains("sluice_http_refusals_total{code=\"" + bad.code + "\"} 1.0")
                    .contains("sluice_hub_refusals_total{code=\"" + bad.code + "\"} 1.0");
            assertThat(log.all())
                    .anyMatch(line -> line.contains("refused code=" + bad.code))
                    .noneMatch(line -> line.contains(token.substring(0, 12)));
        }
    }

    @Test
    void aMegabyteInAFieldIsTooLargeAndEndsTheConnection() {
        try (var raw = RawClient.connect(server.port())) {
            raw.send("GET " + PATH + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + "e".repeat(1_000_000)
                    + "\r\n\r\n");

            assertThat(raw.readResponse()).startsWith("HTTP/1.1 431 ").contains("urn:sluice:problem:headers-too-large");
        }
    }

    @Test
    void aTokenLongerThanAllowedThatFitsIntoAFieldIsRefusedUnread() {
        var answer = api.get(PATH, "authorization", "Bearer " + "e".repeat(8_193));

        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.json().path("detail").asString()).contains("longer than 8192");
    }

    @Test
    void anEndpointThatServesHtmlOrTooMuchIsABadResponse() throws Exception {
        keys = text(200, "text/html", "<html>sign in first</html>");
        var html = api.get(PATH, "authorization", "Bearer " + signed(claims(0, 3_600)));
        clock.advance(Duration.ofSeconds(6));
        keys = text(200, "application/json", "{\"keys\":[" + " ".repeat(300_000) + "]}");
        var huge = api.get(PATH, "authorization", "Bearer " + signed(claims(0, 3_600)));
        clock.advance(Duration.ofSeconds(6));
        keys = text(200, "application/json", new JWKSet(key.toPublicJWK()).toString());
        var mended = api.get(PATH, "authorization", "Bearer " + signed(claims(0, 3_600)));

        assertThat(html.status()).isEqualTo(502);
        assertThat(html.problem()).isEqualTo("upstream-bad-response");
        assertThat(huge.problem()).isEqualTo("upstream-bad-response");
        assertThat(mended.status()).isEqualTo(200);
    }

    @Test
    void anEndpointThatIsDownIsUnreachableAndOtherTokensStillCount() throws Exception {
        issuer.stop(0);
        var shared = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256), claims(0, 3_600).build());
        shared.sign(new MACSigner(SECRET));

        var down = api.get(PATH, "authorization", "Bearer " + signed(claims(0, 3_600)));
        var other = api.get(PATH, "authorization", "Bearer " + shared.serialize());

        assertThat(down.status()).isEqualTo(502);
        assertThat(down.problem()).isEqualTo("upstream-unreachable");
        assertThat(other.status()).isEqualTo(200);
    }

    @Test
    void anEndpointThatIsSlowIsATimeoutAndHoldsNobodyElseUp() throws Exception {
        keys = exchange -> {
            try {
                over.await();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        };
        try (var socket = WebSocketClient.connect(server)) {
            var waits = api.begin("GET", PATH, "", "authorization", "Bearer " + signed(claims(0, 3_600)));
            var meanwhile = socket.call("ping", "");
            var slow = waits.join();

            assertThat(meanwhile.path("type").asString()).isEqualTo("pong");
            assertThat(slow.status()).isEqualTo(504);
            assertThat(slow.problem()).isEqualTo("upstream-timeout");
        }
    }

    @Test
    void bodiesThatAreRefusedAreNeverRepeatedNorLogged() throws Exception {
        var secret = "T0PSECRET";
        var token = signed(claims(0, 3_600));
        try (var log = new LogLines();
                var socket = WebSocketClient.connect(server)) {
            socket.call("auth", "\"token\":\"" + token + "\"");
            var answers = List.of(
                    api.post(PATH, "\"" + secret + "\"", "authorization", "Bearer " + token)
                            .body(),
                    api.post(PATH, secret, "authorization", "Bearer " + token).body(),
                    api.post(PATH, secret).body(),
                    api.post("/v1/messages", "[" + secret + "]", "authorization", "Bearer " + token)
                            .body(),
                    api.admin("/v1/admin/revoke", secret).body(),
                    socket.call("publish", "\"channel\":\"news\",\"data\":\"" + secret + "\"")
                            .toString(),
                    socket.call("signal", "\"channel\":\"news\",\"event\":\"e\",\"data\":\"" + secret + "\"")
                            .toString());

            assertThat(answers).noneMatch(answer -> answer.contains(secret));
            assertThat(log.all())
                    .anyMatch(line -> line.contains("refused code=forbidden"))
                    .noneMatch(line -> line.contains(secret) || line.contains(token));
        }
    }

    private JWTClaimsSet.Builder claims(int fromSeconds, int lifeSeconds) {
        var from = clock.now().plusSeconds(fromSeconds);
        return new JWTClaimsSet.Builder()
                .subject("alice")
                .issuer("https://id.example")
                .audience("sluice")
                .issueTime(Date.from(from))
                .expirationTime(Date.from(from.plusSeconds(lifeSeconds)))
                .claim("grants", List.of(Map.of("channels", "*", "can", List.of("history"))));
    }

    private String signed(JWTClaimsSet.Builder claims) throws Exception {
        var jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k").build(), claims.build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private static Answer text(int status, String type, String body) {
        return exchange -> {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }
}
