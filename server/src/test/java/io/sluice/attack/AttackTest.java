package io.sluice.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.config.DataSize;
import io.sluice.config.HttpConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.WebSocketConfig;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
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
        return Attacks.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void isFendedOffWhileAnHonestClientIsServed(Attack attack) {
        double before = counted(attack);
        try (var honest = new HonestClient(server.port())) {
            Eventually.holds(() -> honest.answers() > 10);

            attack.once(server.port());

            int answers = honest.answers();
            Eventually.holds(() -> counted(attack) > before);
            Eventually.holds(
                    () -> honest.answers() > answers + 10 || honest.failure().isPresent());
            assertThat(honest.failure()).isEmpty();
        }
    }

    private static double counted(Attack attack) {
        return new ApiClient(server)
                .admin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(attack.evidence()))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
