package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.hub.transport.ContractServers.Engine;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.ReaderEnded;
import io.sluice.testkit.ServerAddress;
import io.sluice.testkit.TestClient;
import io.sluice.testkit.TestClient.Received.Message;
import io.sluice.testkit.TestClient.Received.Missing;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real process under load is killed with SIGKILL and started again on its port and data; every kind of reader goes on with
 * its last cursor. One process serves all kinds at once, because its start is what costs.
 */
final class TransportKillTest {
    private static final int PUBLISHERS = 3;
    private static final String LAST = "\"the last\"";

    @ParameterizedTest
    @EnumSource(Engine.class)
    void everyKindGoesOnAfterKillNine(Engine engine, @TempDir Path folder) throws Exception {
        try (var server = engine.process(folder)) {
            var acknowledged = new ConcurrentHashMap<String, String>();
            var publishers = publishers(server, acknowledged);
            var readers = new ArrayList<Following>();
            for (var kind : ClientKind.values()) {
                readers.add(new Following(kind, server));
            }
            readers.forEach(reader -> reader.take(server, 20));
            server.kill();
            for (var publisher : publishers) {
                publisher.join();
            }
            readers.forEach(Following::takeWhatIsUnderWay);

            server.startAgain();
            new ApiClient(server).publish("c", LAST);
            readers.forEach(reader -> reader.takeToTheLast(server));

            for (var reader : readers) {
                assertThat(reader.gaps).as("gaps of %s", reader.kind).isEqualTo(engine.stores() ? 0 : 1);
                if (engine.stores()) {
                    assertThat(reader.contents).as("what %s got", reader.kind).containsAllEntriesOf(acknowledged);
                }
            }
            assertThat(acknowledged).isNotEmpty();
        }
    }

    /** Publish until nobody answers; what was acknowledged, by position. */
    private static List<Thread> publishers(ServerAddress server, Map<String, String> acknowledged) {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < PUBLISHERS; i++) {
            int first = i * 1_000_000;
            threads.add(Thread.ofVirtual().start(() -> {
                var api = new ApiClient(server);
                try {
                    for (int n = first; ; n++) {
                        acknowledged.put(api.publish("c", "" + n), "" + n);
                    }
                } catch (UncheckedIOException killed) {
                    // It is gone.
                }
            }));
        }
        return threads;
    }

    /** One reader over two lives of a server; what it gets is held against the order. */
    private static final class Following {
        final ClientKind kind;
        final Map<String, String> contents = new ConcurrentHashMap<>();
        int gaps;
        private TestClient client;
        private String cursor = "earliest";
        private long offset;

        Following(ClientKind kind, ServerAddress server) {
            this.kind = kind;
            this.client = kind.open(server, cursor, "c");
        }

        void take(ServerAddress server, int count) {
            for (int i = 0; i < count; i++) {
                next();
            }
        }

        void takeWhatIsUnderWay() {
            try (var ended = client) {
                while (ended == client) {
                    next();
                }
            } catch (ReaderEnded killed) {
                // What came until then is good.
            }
        }

        void takeToTheLast(ServerAddress server) {
            client = kind.open(server, cursor, "c");
            try (var reading = client) {
                while (!contents.containsValue(LAST)) {
                    assertThat(reading).isSameAs(client);
                    next();
                }
            }
        }

        private void next() {
            var next = client.next();
            switch (next) {
                case Message message -> {
                    assertThat(message.offset()).as("%s", kind).isEqualTo(++offset);
                    contents.put(message.position(), message.data());
                }
                case Missing gap -> {
                    gaps++;
                    offset = Long.parseLong(gap.to().substring(gap.to().indexOf('.') + 1));
                }
            }
            cursor = String.valueOf(next.cursor());
        }
    }
}
