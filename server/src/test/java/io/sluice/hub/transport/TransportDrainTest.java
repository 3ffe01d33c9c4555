package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.hub.transport.ContractServers.Engine;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.TestClient.Received.Message;
import io.sluice.testkit.TestClient.Received.Missing;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that goes away lets every reader go before it ends, and the next one takes their cursors. */
final class TransportDrainTest {
    @ParameterizedTest
    @MethodSource("io.sluice.hub.transport.ContractServers#everyKindOnEveryEngine")
    void letsItsReadersGoWithACursorForTheNextServer(ClientKind kind, Engine engine, @TempDir Path folder)
            throws InterruptedException {
        String cursor;
        Throwable end;
        try (var server = engine.start(folder)) {
            new ApiClient(server).publish("c", "1");
            try (var reader = kind.open(server, "earliest", "c")) {
                cursor = String.valueOf(reader.next().cursor());
                var drain = Thread.ofVirtual().start(() -> server.drain(Duration.ofSeconds(20)));
                end = catchThrowable(reader::next);
                drain.join();
                assertThat(server.hub().sessions().count()).isZero();
            }
        }

        assertThat(TransportRefusalTest.why(end)).isIn("", "draining");
        try (var server = engine.start(folder)) {
            new ApiClient(server).publish("c", "2");
            try (var reader = kind.open(server, cursor, "c")) {
                var next = reader.next();
                if (!engine.stores()) {
                    assertThat(((Missing) next).from()).isEqualTo(cursor.replaceFirst("1$", "2"));
                    next = reader.next();
                }
                assertThat(((Message) next).data()).isEqualTo("2");
            }
        }
    }
}
