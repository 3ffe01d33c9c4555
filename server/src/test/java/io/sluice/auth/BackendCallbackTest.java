package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sluice.config.AuthCallbackConfig;
import io.sluice.config.Secret;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.testkit.ManualClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The team's backend over real HTTP: what it is asked, and what its answers and its silence mean. */
class BackendCallbackTest {
    private static final String SECRET = "callback-secret-of-24-bytes-or-more";
    private static final Identity ALICE = new Identity("alice", "t1", Grants.NONE, null);

    private final ManualClock clock = new ManualClock();
    private final HttpServer backend;
    private final BackendCallback callback;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile String body = "{\"allow\":true}";
    private volatile String cacheControl = "";
    private volatile boolean waits;

    private record Asked(String body, String id, String timestamp, String signature) {}

    BackendCallbackTest() throws Exception {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        backend.createContext("/may", exchange -> {
            var headers = exchange.getRequestHeaders();
            asked.add(new Asked(
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    headers.getFirst("webhook-id"),
                    headers.getFirst("webhook-timestamp"),
                    headers.getFirst("webhook-signature")));
            if (waits) {
                try {
                    mayAnswer.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            if (!cacheControl.isEmpty()) {
                exchange.getResponseHeaders().set("cache-control", cacheControl);
            }
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        backend.start();
        callback = callback(Duration.ofSeconds(1), 2);
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        callback.close();
        backend.stop(0);
    }

    @Test
    void theQuestionSaysWhoWantsWhatAndIsSignedLikeAWebhook() throws Exception {
        ask(callback, ALICE, Verb.PUBLISH, "orders");

        var question = asked.getFirst();
        assertThat(question.body())
                .contains(
                        "\"user\":\"alice\"", "\"token_id\":\"t1\"", "\"verb\":\"publish\"", "\"channel\":\"orders\"");
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        var signed = question.id() + "." + question.timestamp() + "." + question.body();
        var digest = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
        assertThat(question.signature()).isEqualTo("v1," + Base64.getEncoder().encodeToString(digest));
        assertThat(question.timestamp()).isEqualTo(Long.toString(ManualClock.START.getEpochSecond()));
    }

    @Test
    void yesIsYesAndNoIsForbidden() {
        var yes = ask(callback, ALICE, Verb.PUBLISH, "orders");
        body = "{\"allow\":false}";
        var no = ask(callback, ALICE, Verb.SUBSCRIBE, "orders");

        assertThat(yes).isEmpty();
        assertThat(no).map(Problem::error).contains(ClientError.FORBIDDEN);
    }

    @Test
    void anAnswerCountsForItsMaxAgeAndNotLonger() {
        cacheControl = "private, max-age=30";
        ask(callback, ALICE, Verb.PUBLISH, "orders");
        body = "{\"allow\":false}";

        clock.advance(Duration.ofSeconds(29));
        var remembered = ask(callback, ALICE, Verb.PUBLISH, "orders");
        var another = ask(callback, ALICE, Verb.PUBLISH, "orders2");
        clock.advance(Duration.ofSeconds(2));
        var askedAgain = ask(callback, ALICE, Verb.PUBLISH, "orders");

        assertThat(remembered).isEmpty();
        assertThat(another).isPresent();
        assertThat(askedAgain).map(Problem::error).contains(ClientError.FORBIDDEN);
        assertThat(asked).hasSize(3);
    }

    @Test
    void noMaxAgeMeansOnceAndAnHourIsCutToTheConfiguredTime() {
        ask(callback, ALICE, Verb.PUBLISH, "once");
        ask(callback, ALICE, Verb.PUBLISH, "once");
        cacheControl = "max-age=3600";
        ask(callback, ALICE, Verb.PUBLISH, "long");
        clock.advance(Duration.ofSeconds(61));
        ask(callback, ALICE, Verb.PUBLISH, "long");

        assertThat(asked).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({
        "500, '{\"allow\":true}'",
        "204, ''",
        "302, '{\"allow\":true}'",
        "200, '<html>sign in</html>'",
        "200, '{\"allow\":\"yes\"}'",
        "200, '[true]'"
    })
    void anythingElseIsNoAnswerAndRefuses(int code, String text) {
        status = code;
        body = text;

        var refused = ask(callback, ALICE, Verb.PUBLISH, "orders");

        assertThat(refused).map(Problem::error).contains(ClientError.UPSTREAM_BAD_RESPONSE);
    }

    @Test
    void aHugeAnswerRefuses() {
        body = "{\"allow\":true,\"why\":\"" + "x".repeat(20_000) + "\"}";

        assertThat(ask(callback, ALICE, Verb.PUBLISH, "orders"))
                .map(Problem::error)
                .contains(ClientError.UPSTREAM_BAD_RESPONSE);
    }

    @Test
    void silenceRefusesAfterTheTimeout() {
        waits = true;

        assertThat(ask(callback, ALICE, Verb.PUBLISH, "orders"))
                .map(Problem::error)
                .contains(ClientError.UPSTREAM_TIMEOUT);
    }

    @Test
    void aBackendThatIsDownRefuses() {
        backend.stop(0);

        assertThat(ask(callback, ALICE, Verb.PUBLISH, "orders"))
                .map(Problem::error)
                .contains(ClientError.UPSTREAM_UNREACHABLE);
    }

    @Test
    void theSameQuestionIsAskedOnceAtATimeAndOpenQuestionsAreBounded() {
        var patient = callback(Duration.ofSeconds(10), 2);
        waits = true;

        var judgements = new ArrayList<CompletableFuture<Optional<Problem>>>();
        judgements.add(begin(patient, ALICE, Verb.PUBLISH, "a"));
        judgements.add(begin(patient, ALICE, Verb.PUBLISH, "a"));
        judgements.add(begin(patient, ALICE, Verb.PUBLISH, "b"));
        var tooMany = begin(patient, ALICE, Verb.PUBLISH, "c");
        mayAnswer.countDown();

        assertThat(await(tooMany)).map(Problem::error).contains(ClientError.OVERLOADED);
        assertThat(judgements).allMatch(judgement -> await(judgement).isEmpty());
        assertThat(asked).hasSize(2);
        patient.close();
    }

    private BackendCallback callback(Duration timeout, int maxPending) {
        var url = "http://127.0.0.1:" + backend.getAddress().getPort() + "/may";
        var config = new AuthCallbackConfig(url, new Secret(SECRET), timeout, Duration.ofMinutes(1), 100, maxPending);
        return Objects.requireNonNull(BackendCallback.of(config, clock));
    }

    private static Optional<Problem> ask(BackendCallback callback, Identity who, Verb verb, String channel) {
        return await(begin(callback, who, verb, channel));
    }

    private static CompletableFuture<Optional<Problem>> begin(
            BackendCallback callback, Identity who, Verb verb, String channel) {
        var answer = new CompletableFuture<Optional<Problem>>();
        callback.ask(who, verb, channel, refusal -> answer.complete(Optional.ofNullable(refusal)));
        return answer;
    }

    private static Optional<Problem> await(CompletableFuture<Optional<Problem>> answer) {
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }
}
