package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.hub.transport.ContractServers.Engine;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.ReaderEnded;
import io.sluice.testkit.ReaderRefused;
import io.sluice.testkit.ServerAddress;
import io.sluice.testkit.SignedTokens;
import io.sluice.testkit.TestClient;
import io.sluice.testkit.TestClient.Received.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may not read, may not read now, or may not read any more is told so, whatever protocol it speaks. */
final class TransportRefusalTest {
    private static final String EVERYTHING = "io.sluice.hub.transport.ContractServers#everyKindOnEveryEngine";
    private static final String WITH_TOKENS = """
            auth: {mode: jwt, secret: %s, clock_skew: 0s, expiry_warning: 5s}
            limits: {user: {subscribes: 3/10s}}
            """.formatted(SignedTokens.SECRET);

    private final ManualClock clock = new ManualClock();

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void refusesWhatTheGrantsDoNotHold(ClientKind kind, Engine engine, @TempDir Path folder) {
        try (var server = engine.start(folder, clock, WITH_TOKENS)) {
            publish(server, "open:1", "1");
            publish(server, "secret:1", "2");
            var alice = server.as(onlyOpenChannels());

            assertRefused("forbidden", () -> kind.open(alice, "earliest", "secret:1"));
            assertRefused("forbidden", () -> kind.open(alice, "earliest", "open:1", "secret:1"));
            try (var reader = kind.open(alice, "earliest", "open:1")) {
                assertThat(data(reader)).isEqualTo("1");
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void refusesWhoDoesNotSayWhoItIs(ClientKind kind, Engine engine, @TempDir Path folder) {
        try (var server = engine.start(folder, clock, WITH_TOKENS)) {
            assertRefused("unauthenticated", () -> kind.open(server, "latest", "c"));
            assertRefused("unauthenticated", () -> kind.open(server.as("nonsense"), "latest", "c"));
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void refusesWhoComesTooOftenAndSaysWhenToComeBack(ClientKind kind, Engine engine, @TempDir Path folder) {
        try (var server = engine.start(folder, clock, WITH_TOKENS)) {
            publish(server, "c", "1");
            var alice = server.as(token("alice", 3_600));
            for (int i = 0; i < 3; i++) {
                kind.open(alice, "latest", "c").close();
            }

            var refused = assertRefused("rate-limited", () -> kind.open(alice, "latest", "c"));
            kind.open(server.as(token("bob", 3_600)), "latest", "c").close();
            clock.advance(refused.retryAfter());

            assertThat(refused.retryAfter()).isPositive();
            try (var reader = kind.open(alice, "earliest", "c")) {
                assertThat(data(reader)).isEqualTo("1");
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EVERYTHING)
    void readsUntilItsTokenExpiresAndGoesOnWithTheNext(ClientKind kind, Engine engine, @TempDir Path folder) {
        try (var server = engine.start(folder, clock, WITH_TOKENS)) {
            publish(server, "c", "1");
            var alice = server.as(token("alice", 20));
            String cursor;
            Throwable end;
            try (var reader = kind.open(alice, "earliest", "c")) {
                cursor = String.valueOf(reader.next().cursor());
                clock.advance(Duration.ofSeconds(30));
                end = catchThrowable(reader::next);
            }
            publish(server, "c", "2");

            assertThat(why(end)).isIn("", "unauthenticated", "token-expired");
            assertRefused("token-expired", () -> kind.open(alice, cursor, "c"));
            try (var reader = kind.open(server.as(token("alice", 3_600)), cursor, "c")) {
                assertThat(data(reader)).isEqualTo("2");
            }
        }
    }

    private String token(String user, int seconds) {
        return SignedTokens.of(user, clock.now(), Duration.ofSeconds(seconds));
    }

    private String onlyOpenChannels() {
        return SignedTokens.sign(SignedTokens.claims("alice", clock.now(), Duration.ofHours(1))
                .claim("grants", List.of(Map.of("channels", "open:*", "can", List.of("subscribe", "history")))));
    }

    private void publish(EdgeServer server, String channel, String data) {
        ServerAddress backend = server.as(token("backend", 3_600));
        new ApiClient(backend).publish(channel, data);
    }

    private static ReaderRefused assertRefused(String code, Runnable opening) {
        var refused = new ReaderRefused[1];
        assertThatExceptionOfType(ReaderRefused.class)
                .isThrownBy(opening::run)
                .satisfies(thrown -> assertThat(thrown.code()).isEqualTo(code))
                .satisfies(thrown -> refused[0] = thrown);
        return refused[0];
    }

    /** A stream is ended; the next poll is refused. */
    static String why(Throwable end) {
        return end instanceof ReaderRefused refused ? refused.code() : ((ReaderEnded) end).why();
    }

    private static String data(TestClient reader) {
        return ((Message) reader.next()).data();
    }
}
