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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a reader will not get is told before anything newer. */
final class TransportGapTest {
    @ParameterizedTest
    @MethodSource("io.sluice.hub.transport.ContractServers#everyKindOnEveryEngine")
    void tellsWhatWasEvicted(ClientKind kind, Engine engine, @TempDir Path folder) {
        var settings = engine.settings().keeping(10, DataSize.mib(1), Duration.ofHours(1));
        try (var server = EdgeServer.with(settings, folder)) {
            var api = new ApiClient(server);
            var first = api.publish("c", "1");
            for (int i = 2; i <= 30; i++) {
                api.publish("c", Integer.toString(i));
            }

            try (var reader = kind.open(server, first, "c")) {
                var gap = (Missing) reader.next();
                var next = (Message) reader.next();

                assertThat(gap.from()).endsWith(".2");
                assertThat(gap.to()).endsWith(".20");
                assertThat(next.data()).isEqualTo("21");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ClientKind.class)
    void tellsThatALogWasLostWithItsServer(ClientKind kind) {
        String old;
        try (var server = EdgeServer.inMemory()) {
            old = new ApiClient(server).publish("c", "1");
        }

        try (var server = EdgeServer.inMemory()) {
            new ApiClient(server).publish("c", "2");
            try (var reader = kind.open(server, old, "c")) {
                var gap = (Missing) reader.next();
                var next = (Message) reader.next();

                assertThat(gap.from()).isEqualTo(old.replace(".1", ".2"));
                assertThat(next.data()).isEqualTo("2");
            }
        }
    }
}
