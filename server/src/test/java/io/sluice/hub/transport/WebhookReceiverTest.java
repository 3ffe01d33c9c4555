package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Endpoint;
import io.sluice.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signed requests of providers become publications: what is taken, what is refused, what happens twice. */
final class WebhookReceiverTest {
    private static final String STRIPE = "whsec_stripe-gives-them-like-this";
    private static final String GITHUB = "a secret for github";
    private static final String[] JSON = {"content-type", "application/json"};

    private final ManualClock clock = new ManualClock();
    private final EdgeServer server = EdgeServer.configured(clock, """
            webhooks:
              in:
                standard: {style: standard, secrets: ['%1$s', 'whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY='], channel: 'in:standard'}
                stripe: {style: stripe, secrets: ['%2$s'], channel: 'in:stripe', tolerance: 1m}
                github: {style: github, secrets: ['%3$s'], channel: 'in:github'}
                fixed: {style: github, secrets: ['%3$s'], channel: 'in:fixed', event: deployed}
            """.formatted(Endpoint.SECRET, STRIPE, GITHUB));
    private final ApiClient api = new ApiClient(server);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aStandardWebhookBecomesAPublicationOnce() throws Exception {
        var body = "{\"type\":\"invoice.paid\",\n \"data\":{\"amount\":7}}";

        var first = standard("evt_1", seconds(), body, Endpoint.SECRET);
        var again = standard("evt_1", seconds(), body, Endpoint.SECRET);
        var other = standard("evt_2", seconds(), body, "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY=");

        assertThat(first.status()).isEqualTo(200);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("idempotency-replayed")).isEqualTo("true");
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(other.status()).isEqualTo(200);
        var messages = messages("in:standard");
        assertThat(messages.size()).isEqualTo(2);
        assertThat(messages.get(0).path("event").asString()).isEqualTo("invoice.paid");
        assertThat(messages.get(0).path("data").path("data").path("amount").asInt())
                .isEqualTo(7);
        assertThat(messages.get(0).path("position")).isEqualTo(first.json().path("position"));
    }

    @Test
    void anEventThatComesAgainWithAnotherBodyIsTakenForTheSame() throws Exception {
        var first = standard("evt_1", seconds(), "{\"type\":\"a\",\"pending\":2}", Endpoint.SECRET);
        var again = standard("evt_1", seconds(), "{\"type\":\"a\",\"pending\":1}", Endpoint.SECRET);

        assertThat(first.status()).isEqualTo(200);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("idempotency-replayed")).isEqualTo("true");
        assertThat(messages("in:standard").size()).isEqualTo(1);
    }

    @Test
    void badSignaturesOfEveryKindAre401() throws Exception {
        var body = "{\"type\":\"a\"}";
        var good = new Webhook(Endpoint.SECRET).sign("evt_1", seconds(), body);
        var time = Long.toString(seconds());
        for (var headers : List.of(
                new String[] {},
                new String[] {"webhook-id", "evt_1", "webhook-timestamp", time},
                new String[] {"webhook-id", "evt_1", "webhook-timestamp", time, "webhook-signature", ""},
                new String[] {"webhook-id", "evt_1", "webhook-timestamp", time, "webhook-signature", "v1,%%%"},
                new String[] {
                    "webhook-id", "evt_1", "webhook-timestamp", time, "webhook-signature", good.replace("v1,", "v2,")
                },
                new String[] {
                    "webhook-id", "evt_1", "webhook-timestamp", time, "webhook-signature", "v1,a v1,b ".repeat(9) + good
                },
                new String[] {"webhook-id", "evt_2", "webhook-timestamp", time, "webhook-signature", good},
                new String[] {"webhook-id", "evt_1", "webhook-timestamp", time + "0", "webhook-signature", good},
                new String[] {"webhook-id", "evt_1", "webhook-timestamp", "now", "webhook-signature", good})) {
            var answer = api.post("/v1/hooks/standard", body, with(headers));

            assertThat(answer.status()).as(String.join(" ", headers)).isEqualTo(401);
            assertThat(answer.problem()).isEqualTo("unauthenticated");
            assertThat(answer.body()).doesNotContain(good.substring(3));
        }
        assertThat(messages("in:standard").size()).isZero();
    }

    @Test
    void aSignatureAmongOthersIsFound() throws Exception {
        var body = "{\"type\":\"a\"}";
        var good = new Webhook(Endpoint.SECRET).sign("evt_1", seconds(), body);

        var answer = api.post(
                "/v1/hooks/standard",
                body,
                with(
                        "webhook-id",
                        "evt_1",
                        "webhook-timestamp",
                        "" + seconds(),
                        "webhook-signature",
                        "v1a,xx v1,yy " + good));

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void anOldOrFutureSignatureIsRefused() throws Exception {
        var body = "{\"type\":\"a\"}";
        long then = seconds();
        assertThat(standard("evt_1", then + 299, body, Endpoint.SECRET).status())
                .isEqualTo(200);
        assertThat(standard("evt_2", then + 302, body, Endpoint.SECRET).status())
                .isEqualTo(401);

        clock.advance(Duration.ofSeconds(302));

        assertThat(standard("evt_3", then, body, Endpoint.SECRET).status()).isEqualTo(401);
        assertThat(stripe("t=" + (seconds() - 62), "{\"id\":\"evt_1\",\"type\":\"a\"}", seconds() - 62)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void stripesSignatureAndIdAreUnderstood() {
        var body = "{\"id\":\"evt_3M\",\"object\":\"event\",\"type\":\"charge.succeeded\"}";

        var first = stripe("t=" + seconds(), body, seconds());
        var again = stripe("t=" + seconds(), body, seconds());
        var wrong = stripe("t=" + seconds(), body, seconds() - 1);
        var without = stripe("t=" + seconds(), "{\"type\":\"a\"}", seconds());

        assertThat(first.status()).isEqualTo(200);
        assertThat(again.header("idempotency-replayed")).isEqualTo("true");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(without.status()).isEqualTo(400);
        assertThat(without.json().path("field").asString()).isEqualTo("id");
        assertThat(messages("in:stripe").get(0).path("event").asString()).isEqualTo("charge.succeeded");
    }

    @Test
    void githubsSignatureIsThatOfItsDocumentation() {
        var signature = new WebhookSignature(new io.sluice.config.HookConfig(
                io.sluice.config.HookConfig.Style.GITHUB,
                List.of(new io.sluice.config.Secret("It's a Secret to Everybody")),
                "in:github",
                null,
                null));
        var headers = new io.netty.handler.codec.http.DefaultHttpHeaders()
                .set("x-hub-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");

        var wrong = signature.problem(headers, "Hello, World!".getBytes(StandardCharsets.UTF_8), 0);

        assertThat(wrong).isNull();
    }

    @Test
    void githubsEventsAreTakenByTheirHeaders() {
        var body = "{\"action\":\"opened\"}";

        var first = github("/v1/hooks/github", body, "x-github-delivery", "72d3162e", "x-github-event", "issues");
        var again = github("/v1/hooks/github", body, "x-github-delivery", "72d3162e", "x-github-event", "issues");
        var fixed = github("/v1/hooks/fixed", body, "x-github-delivery", "1");
        var nameless = github("/v1/hooks/github", body, "x-github-delivery", "2");

        assertThat(first.status()).isEqualTo(200);
        assertThat(again.header("idempotency-replayed")).isEqualTo("true");
        assertThat(fixed.status()).isEqualTo(200);
        assertThat(nameless.json().path("field").asString()).isEqualTo("event");
        assertThat(messages("in:github").get(0).path("event").asString()).isEqualTo("issues");
        assertThat(messages("in:fixed").get(0).path("event").asString()).isEqualTo("deployed");
    }

    @Test
    void whatIsNoEventIsRefusedEachWithItsCode() throws Exception {
        assertThat(standard("evt_1", seconds(), "not json", Endpoint.SECRET).problem())
                .isEqualTo("bad-json");
        assertThat(standard("evt_1", seconds(), "[1]", Endpoint.SECRET).problem())
                .isEqualTo("bad-request");
        assertThat(standard("evt_1", seconds(), "{\"type\":7}", Endpoint.SECRET).problem())
                .isEqualTo("bad-request");
        assertThat(standard("evt_1", seconds(), "{\"type\":\"" + "x".repeat(65) + "\"}", Endpoint.SECRET)
                        .problem())
                .isEqualTo("bad-request");
        assertThat(standard("x".repeat(181), seconds(), "{\"type\":\"a\"}", Endpoint.SECRET)
                        .problem())
                .isEqualTo("bad-request");
        assertThat(api.post("/v1/hooks/nobody", "{}", JSON).status()).isEqualTo(404);
        assertThat(api.get("/v1/hooks/standard").status()).isEqualTo(405);
        assertThat(api.post("/v1/hooks/standard", "a=b", "content-type", "application/x-www-form-urlencoded")
                        .problem())
                .isEqualTo("unsupported-media");
        assertThat(api.post("/v1/hooks/standard", "{\"x\":\"" + "y".repeat(1 << 20) + "\"}", JSON)
                        .problem())
                .isEqualTo("too-large");
    }

    @Test
    void aProviderHasTheShareOfAnApiKey() throws Exception {
        try (var limited = EdgeServer.configured(clock, """
                limits: {api_key: {publishes: 2/10s}}
                webhooks: {in: {from: {style: standard, secrets: ['%s'], channel: 'in:a'}}}
                """.formatted(Endpoint.SECRET))) {
            var statuses = new ArrayList<Integer>();
            for (int i = 0; i < 3; i++) {
                var signature = new Webhook(Endpoint.SECRET).sign("evt_" + i, seconds(), "{\"type\":\"a\"}");
                var answer = new ApiClient(limited)
                        .post(
                                "/v1/hooks/from",
                                "{\"type\":\"a\"}",
                                with(
                                        "webhook-id",
                                        "evt_" + i,
                                        "webhook-timestamp",
                                        "" + seconds(),
                                        "webhook-signature",
                                        signature));
                statuses.add(answer.status());
            }

            assertThat(statuses).containsExactly(200, 200, 429);
        }
    }

    @Test
    void aPublicationThatCameInGoesOut() throws Exception {
        try (var endpoint = new Endpoint();
                var both = EdgeServer.configured(
                        clock, """
                        webhooks:
                          allow: [127.0.0.0/8]
                          out: {to: {channels: ['in:a'], url: '%s', secrets: ['%s'], after: earliest}}
                          in: {from: {style: standard, secrets: ['%s'], channel: 'in:a'}}
                        """.formatted(endpoint.url("/"), Endpoint.SECRET, Endpoint.SECRET))) {
            var signature = new Webhook(Endpoint.SECRET).sign("evt_1", seconds(), "{\"type\":\"a\"}");

            new ApiClient(both)
                    .post(
                            "/v1/hooks/from",
                            "{\"type\":\"a\"}",
                            with(
                                    "webhook-id",
                                    "evt_1",
                                    "webhook-timestamp",
                                    "" + seconds(),
                                    "webhook-signature",
                                    signature));

            assertThat(endpoint.next().json().path("event").asString()).isEqualTo("a");
        }
    }

    private ApiClient.Answer standard(String id, long time, String body, String secret) throws Exception {
        var signature = new Webhook(secret).sign(id, time, body);
        return api.post(
                "/v1/hooks/standard",
                body,
                with("webhook-id", id, "webhook-timestamp", "" + time, "webhook-signature", signature));
    }

    private ApiClient.Answer stripe(String time, String body, long signed) {
        var signature = time + ",v1=00,v1=" + hmac(STRIPE, signed + "." + body) + ",v0=ff";
        return api.post("/v1/hooks/stripe", body, with("stripe-signature", signature));
    }

    private ApiClient.Answer github(String path, String body, String... headers) {
        var all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("x-hub-signature-256", "sha256=" + hmac(GITHUB, body)));
        return api.post(path, body, with(all.toArray(String[]::new)));
    }

    private static String[] with(String... headers) {
        var all = new ArrayList<>(List.of(headers));
        all.addAll(List.of(JSON));
        return all.toArray(String[]::new);
    }

    private static String hmac(String secret, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private tools.jackson.databind.JsonNode messages(String channel) {
        return api.get("/v1/channels/" + channel + "/messages").json().path("messages");
    }

    private long seconds() {
        return clock.millis() / 1000;
    }
}
