package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.hub.transport.ContractServers.Engine;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.TestClient.Received.Message;
import io.sluice.testkit.TestClient.Received.Missing;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A reader that does not read disturbs nobody, and learns what it missed when it reads again. */
final class TransportSlowReaderTest {
    private static final int PUBLISHED = 120;
    private static final int HELD = 12;

    /** All of them are more than what sockets and client libraries keep for somebody who does not read. */
    private static final String BULK = "\"" + "x".repeat(60_000) + "\"";

    @ParameterizedTest
    @MethodSource("io.sluice.hub.transport.ContractServers#everyKindOnEveryEngine")
    void disturbsNobodyAndIsToldWhatItMissed(ClientKind kind, Engine engine, @TempDir Path folder) {
        var settings = engine.settings().keeping(HELD, DataSize.mib(64), Duration.ofHours(1));
        try (var server = EdgeServer.with(settings, folder);
                var slow = kind.open(server, "latest", "c");
                var other = kind.open(server, "latest", "c")) {
            var api = new ApiClient(server);
            for (int offset = 1; offset <= PUBLISHED; offset++) {
                api.publish("c", BULK);
                assertThat(((Message) other.next()).offset()).isEqualTo(offset);
            }

            long expected = 1;
            int gaps = 0;
            while (expected <= PUBLISHED) {
                switch (slow.next()) {
                    case Message message -> assertThat(message.offset()).isEqualTo(expected++);
                    case Missing gap -> {
                        assertThat(offset(gap.from())).isEqualTo(expected);
                        expected = offset(gap.to()) + 1;
                        gaps++;
                    }
                }
            }
            assertThat(gaps).as("it was really behind").isPositive();
        }
    }

    private static long offset(String position) {
        return Long.parseLong(position.substring(position.indexOf('.') + 1));
    }
}
