package io.sluice.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.DataSize;
import io.sluice.config.HttpConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.WebSocketConfig;
import io.sluice.net.Clock;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every attack, for real and for a moment, while an honest client is served beside it: the server counts that it has defended
 * itself, and the honest client notices nothing. {@code sluice bench attack} runs the same for long.
 */
class AttackTest {
    @TempDir
    private static Path folder;

    private static EdgeServer server;

    @BeforeAll
    static void start() {
        var config = new Config();
        var edge = config.edge()
                .with(new HttpConfig().patient(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .with(new WebSocketConfig(true, DataSize.mib(2), DataSize.mib(2)));
        server = EdgeServer.with(config.with(edge).with(new HubConfig().in(folder)));
        var api = new ApiClient(server);
        for (int i = 0; i < 16; i++) {
            api.publish("large", "\"" + "x".repeat(900_000) + "\"");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Attack> attacks() {
        return Attacks.ON_ANY_SERVER.stream();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void isFendedOffWhileAnHonestClientIsServed(Attack attack) {
        strike(server, attack, "");
    }

    static Stream<Attack> attacksOnCallers() {
        return CallerAttacks.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("attacksOnCallers")
    void isFendedOffWhereCallersMustBeKnown(Attack attack) throws IOException {
        var keys = Files.writeString(folder.resolve("keys.json"), CallerAttacks.PUBLIC_KEYS);
        var yaml = CallerAttacks.SETTINGS.formatted(keys) + "limits:\n" + CallerAttacks.LIMITS
                + "  admission: {sessions: 50/60s}\n";
        try (var guarded = EdgeServer.configured(Clock.SYSTEM, yaml)) {
            strike(guarded, attack, CallerAttacks.KEY);
        }
    }

    private static void strike(EdgeServer at, Attack attack, String key) {
        double before = counted(at, attack);
        try (var honest = new HonestClient(at.port(), key)) {
            Eventually.holds(() -> honest.answers() > 10);

            attack.once(at.port());

            int answers = honest.answers();
            Eventually.holds(() -> counted(at, attack) > before);
            Eventually.holds(
                    () -> honest.answers() > answers + 10 || honest.failure().isPresent());
            assertThat(honest.failure()).isEmpty();
        }
    }

    private static double counted(EdgeServer at, Attack attack) {
        return new ApiClient(at)
                .admin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(attack.evidence()))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
