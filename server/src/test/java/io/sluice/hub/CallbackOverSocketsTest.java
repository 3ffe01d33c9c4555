package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SignedTokens;
import io.sluice.testkit.WebSocketClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What no grant allows is asked of the team's backend: its answers and its silence as clients of the edge see them. */
class CallbackOverSocketsTest {
    private static final String SECRET = "callback-secret-of-24-bytes-or-more";

    private record Asked(String body, String signed, String signature) {}

    private final ManualClock clock = new ManualClock();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer backend = backend();
    private final EdgeServer server = EdgeServer.configured(
            clock, """
            auth:
              mode: jwt
              secret: %s
              callback: {url: 'http://127.0.0.1:%d/may', secret: %s}
            """.formatted(SignedTokens.SECRET, backend.getAddress().getPort(), SECRET));
    private final ApiClient api = new ApiClient(server);
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final String token = SignedTokens.sign(
            SignedTokens.claims("alice", clock.now(), Duration.ofHours(1)).claim("grants", List.of()));
    private volatile boolean allows = true;
    private volatile boolean silent;
    private volatile int status = 200;

    private HttpServer backend() {
        try {
            var made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            made.setExecutor(threads);
            made.createContext("/may", exchange -> {
                var fields = exchange.getRequestHeaders();
                var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                var signed = fields.getFirst("webhook-id") + "." + fields.getFirst("webhook-timestamp") + "." + body;
                asked.add(new Asked(body, signed, fields.getFirst("webhook-signature")));
                if (silent) {
                    try {
                        over.await();
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                }
                var answer = ("{\"allow\":" + allows + "}").getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("cache-control", "private, max-age=30");
                exchange.sendResponseHeaders(status, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            made.start();
            return made;
        } catch (IOException unbound) {
            throw new IllegalStateException(unbound);
        }
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.close();
        backend.stop(0);
        threads.shutdownNow();
    }

    @Test
    void aYesLetsAPublishThroughAndTheQuestionIsSignedAsTheStandardSays() throws Exception {
        var answer = publish("orders");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(asked.getFirst().body())
                .contains("\"user\":\"alice\"", "\"verb\":\"publish\"", "\"channel\":\"orders\"");
        assertThat(asked.getFirst().signature())
                .isEqualTo("v1," + hmac(asked.getFirst().signed()));
    }

    @Test
    void aNoIsForbiddenOnEveryTransportAndCountsForItsMaxAge() {
        allows = false;
        try (var socket = connected()) {
            var published = publish("orders");
            var subscribed = socket.call("subscribe", "\"channel\":\"orders\"");
            var again = socket.call("publish", "\"channel\":\"orders\",\"data\":1");
            int questions = asked.size();
            allows = true;
            var remembered = publish("orders");
            clock.advance(Duration.ofSeconds(30));
            var later = publish("orders");

            assertThat(published.problem()).isEqualTo("forbidden");
            assertThat(subscribed.path("code").asString()).isEqualTo("forbidden");
            assertThat(again.path("code").asString()).isEqualTo("forbidden");
            assertThat(questions).as("one for each verb").isEqualTo(2);
            assertThat(remembered.problem()).isEqualTo("forbidden");
            assertThat(later.status()).isEqualTo(201);
        }
    }

    @Test
    void silenceRefusesAfterTwoSecondsAndHoldsNobodyElseUp() {
        silent = true;
        try (var socket = connected()) {
            var waits = api.begin("POST", "/v1/channels/orders/messages", "1", "authorization", "Bearer " + token);
            Eventually.holds(() -> !asked.isEmpty());

            var meanwhile = socket.call("ping", "");
            boolean answeredBefore = waits.isDone();
            var refused = waits.join();

            assertThat(meanwhile.path("type").asString()).isEqualTo("pong");
            assertThat(answeredBefore).isFalse();
            assertThat(refused.status()).isEqualTo(504);
            assertThat(refused.problem()).isEqualTo("upstream-timeout");
        }
    }

    @Test
    void anErrorOrNobodyThereRefuses() {
        status = 500;
        var failed = publish("orders");
        backend.stop(0);
        var down = publish("orders");

        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.problem()).isEqualTo("upstream-bad-response");
        assertThat(down.status()).isEqualTo(502);
        assertThat(down.problem()).isEqualTo("upstream-unreachable");
    }

    private ApiClient.Answer publish(String channel) {
        return api.post("/v1/channels/" + channel + "/messages", "1", "authorization", "Bearer " + token);
    }

    private WebSocketClient connected() {
        var socket = WebSocketClient.connect(server);
        socket.call("auth", "\"token\":\"" + token + "\"");
        return socket;
    }

    private static String hmac(String text) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }
}
