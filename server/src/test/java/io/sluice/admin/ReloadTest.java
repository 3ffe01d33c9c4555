package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.ConfigReader;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ApiClient.Answer;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.LogLines;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.SignedTokens;
import io.sluice.testkit.WebSocketClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A running server takes its configuration file anew: what it can take at once, or nothing at all when there is a mistake. */
class ReloadTest {
    private static final String PATH = "/v1/channels/news/messages";
    private static final String OTHER_SECRET = "another-secret-of-32-bytes-or-more";
    /** {@code printf %s one-key | sha256sum}. */
    private static final String ONE_KEY = "0ce085922a9c580b7f12628fa25a993f334a806ec423fef242fba453a6ed2dfc";

    private final ManualClock clock = new ManualClock();
    private final String token = SignedTokens.of("alice", clock.now(), Duration.ofHours(1));
    private Path file;
    private Path secret;
    private EdgeServer server;
    private ApiClient api;

    @BeforeEach
    void start(@TempDir Path folder) {
        file = folder.resolve("sluice.yaml");
        secret = folder.resolve("secret");
        write(secret, SignedTokens.SECRET);
        configure("");
        server = EdgeServer.reading(() -> ConfigReader.read(file, Map.of()), clock);
        api = new ApiClient(server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aFileThatSaysTheSameChangesNothing() {
        var answer = reload();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"applied\":[],\"restart\":[]}");
    }

    @Test
    void limitsHoldForThoseWhoAreInAlready() {
        try (var alice = connected()) {
            publish(alice);
            configure("limits: {user: {publishes: 1/1h}}");

            var answer = reload();
            publish(alice);
            var refused = publish(alice);

            assertThat(texts(answer.json().path("applied"))).containsExactly("limits.user.publishes");
            assertThat(refused.path("code").asString()).isEqualTo("rate-limited");
            configure("limits: {user: {publishes: unlimited}}");
            reload();
            assertThat(publish(alice).path("type").asString()).isEqualTo("ok");
        }
    }

    @Test
    void addressesThatAreNoLongerExemptAreLimited() {
        try (var early = connected()) {
            configure("limits: {exempt: [], max_connections_per_address: 2}");
            reload();

            try (var second = RawClient.connect(server.port())) {
                assertThat(second.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readResponse())
                        .startsWith("HTTP/1.1 200 ");
                assertThat(RawClient.isCut(server.port()))
                        .as("a third connection is ended at once")
                        .isTrue();
                assertThat(early.call("ping", "").path("type").asString()).isEqualTo("pong");
            }
        }
    }

    @Test
    void admissionGoesOnAtAnotherRate() {
        configure("limits: {admission: {sessions: 1/1h}}");
        reload();

        try (var first = connected()) {
            assertThat(first.call("ping", "").path("type").asString()).isEqualTo("pong");
            assertThat(api.get("/v1/events?channel=news", "authorization", "Bearer " + token)
                            .problem())
                    .isEqualTo("overloaded");
        }
    }

    @Test
    void aKeyCountsFromTheReloadOnAndItsSessionsEndWithWhatItMayDo() {
        var before = publishedWith("one-key");
        configure("", key("publish"));
        var added = reload();
        var after = publishedWith("one-key");
        try (var socket = WebSocketClient.connect(server)) {
            socket.call("auth", "\"token\":\"one-key\"");
            configure("", key("subscribe"));
            var changed = reload();

            assertThat(before.status()).isEqualTo(401);
            assertThat(texts(added.json().path("applied"))).containsExactly("auth.api_keys.billing");
            assertThat(after.status()).isEqualTo(201);
            assertThat(texts(changed.json().path("applied"))).containsExactly("auth.api_keys.billing");
            assertThat(socket.closeCode()).isEqualTo(4401);
            assertThat(publishedWith("one-key").problem()).isEqualTo("forbidden");
        }
        configure("");
        reload();
        assertThat(publishedWith("one-key").status()).isEqualTo(401);
    }

    @Test
    void aKeyFileIsReadAgainThoughItsNameIsTheSame() {
        try (var alice = connected()) {
            assertThat(publishedWith(token).status()).isEqualTo(201);
            write(secret, OTHER_SECRET);

            reload();

            assertThat(publishedWith(token).problem()).isEqualTo("unauthenticated");
            assertThat(alice.call("ping", "").path("type").asString()).isEqualTo("pong");
            write(secret, SignedTokens.SECRET);
            reload();
            assertThat(publishedWith(token).status()).isEqualTo(201);
        }
    }

    @Test
    void pagesOfAnotherOriginMayComeOnceItIsListed() {
        var origin = "https://app.example";
        var before = handshake(origin);
        configure("edge: {allowed_origins: ['" + origin + "']}");

        var answer = reload();

        assertThat(before).startsWith("HTTP/1.1 403 ");
        assertThat(texts(answer.json().path("applied"))).containsExactly("edge.allowed_origins");
        assertThat(handshake(origin)).startsWith("HTTP/1.1 101 ");
        assertThat(api.get(PATH, "authorization", "Bearer " + token, "origin", origin)
                        .header("access-control-allow-origin"))
                .isEqualTo(origin);
    }

    @Test
    void aProviderMayCallOnceItsHookIsThere() {
        var before = api.post("/v1/hooks/pay", "{}", "content-type", "application/json");
        configure("webhooks: {in: {pay: {style: github, secrets: [sixteen-bytes-or-more], channel: news}}}");

        var answer = reload();

        assertThat(before.problem()).isEqualTo("not-found");
        assertThat(texts(answer.json().path("applied"))).containsExactly("webhooks.in.pay");
        assertThat(api.post("/v1/hooks/pay", "{}", "content-type", "application/json")
                        .problem())
                .isEqualTo("unauthenticated");
    }

    @Test
    void whatNeedsARestartIsToldEachTimeAndTheRestIsTaken() {
        configure("edge: {max_connections: 7, allowed_origins: ['https://app.example']}", "  ticket_ttl: 7s");

        var first = reload();
        var second = reload();

        assertThat(texts(first.json().path("applied"))).containsExactly("edge.allowed_origins");
        assertThat(texts(first.json().path("restart"))).containsExactly("edge.max_connections", "auth.ticket_ttl");
        assertThat(second.json().path("applied").isEmpty()).isTrue();
        assertThat(texts(second.json().path("restart"))).containsExactly("edge.max_connections", "auth.ticket_ttl");
    }

    @Test
    void everyMistakeIsToldWithItsLineAndNothingChanges() {
        configure("""
                limits:
                  user: {publishes: 1/1h}
                  max_tracked: none
                edge: {allowed_origin: []}""");

        var answer = reload();

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.problem()).isEqualTo("bad-config");
        assertThat(texts(answer.json().path("mistakes")))
                .satisfiesExactly(
                        mistake -> assertThat(mistake)
                                .startsWith("limits.max_tracked: ")
                                .endsWith("(sluice.yaml:7)"),
                        mistake -> assertThat(mistake)
                                .startsWith("edge.allowed_origin: unknown key")
                                .endsWith("(sluice.yaml:8)"));
        try (var alice = connected()) {
            publish(alice);
            assertThat(publish(alice).path("type").asString()).isEqualTo("ok");
        }
    }

    @Test
    void aKeyFileThatCannotBeUsedLeavesEverythingAsItWas() throws IOException {
        configure("limits: {user: {publishes: 1/1h}}");
        Files.delete(secret);

        var answer = reload();

        assertThat(answer.problem()).isEqualTo("bad-config");
        assertThat(texts(answer.json().path("mistakes")).getFirst()).startsWith("auth.secret_file: cannot read");
        try (var alice = connected()) {
            publish(alice);
            assertThat(publish(alice).path("type").asString()).isEqualTo("ok");
        }
    }

    @Test
    void whatCannotGoWithSettingsThatNeedARestartIsRefused() {
        write(file, "hub: {namespaces: {default: {engine: memory, durability: memory}}}\n");

        var answer = reload();

        assertThat(answer.problem()).isEqualTo("bad-config");
        assertThat(texts(answer.json().path("mistakes")).getFirst())
                .startsWith("auth: mode: jwt needs")
                .contains("need a restart");
        assertThat(publishedWith(token).status()).isEqualTo(201);
    }

    @Test
    void aLineOfTheAuditSaysWhatWasTaken() {
        try (var log = new LogLines()) {
            configure("edge: {max_connections: 7, allowed_origins: ['https://app.example']}");
            reload();
            configure("nonsense: 1");
            reload();

            assertThat(log.all().stream().filter(line -> line.startsWith("io.sluice.audit ")))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .contains("action=reload applied=[\"edge.allowed_origins\"]"
                                            + " restart=[\"edge.max_connections\"] peer=127.0.0.1 request="),
                            line -> assertThat(line)
                                    .contains("action=reload refused=bad-config mistakes=1 peer=127.0.0.1 request="));
        }
    }

    private Answer reload() {
        return api.admin("/v1/admin/reload", "");
    }

    /** {@code more} comes from line 5 on. */
    private void configure(String more) {
        configure(more, "");
    }

    private void configure(String more, String moreAuth) {
        write(file, """
                hub: {namespaces: {default: {engine: memory, durability: memory}}}
                auth:
                  mode: jwt
                  secret_file: %s
                """.formatted(secret) + (moreAuth.isEmpty() ? "" : moreAuth + "\n") + more + "\n");
    }

    private static String key(String verb) {
        return "  api_keys: {billing: {sha256: " + ONE_KEY + ", grants: [{channels: news, can: [" + verb + "]}]}}";
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private WebSocketClient connected() {
        var socket = WebSocketClient.connect(server);
        socket.call("auth", "\"token\":\"" + token + "\"");
        return socket;
    }

    private static JsonNode publish(WebSocketClient socket) {
        return socket.call("publish", "\"channel\":\"news\",\"data\":1");
    }

    private Answer publishedWith(String credential) {
        return api.post(PATH, "1", "content-type", "application/json", "authorization", "Bearer " + credential);
    }

    private String handshake(String origin) {
        try (var raw = RawClient.connect(server.port())) {
            raw.send("GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: " + origin
                    + "\r\n\r\n");
            return raw.readUntil("\r\n\r\n");
        }
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }
}
