package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.ServerProcess;
import io.sluice.testkit.TestClient;
import io.sluice.testkit.TestClient.Received.Message;
import io.sluice.testkit.TestClient.Received.Missing;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that was killed and whose log's end is damaged, seen by readers that come back with their cursors. */
final class CorruptTailServerTest {
    private static final int PUBLISHED = 50;

    private interface Damage {
        void to(RandomAccessFile log) throws IOException;
    }

    @TempDir
    Path data;

    @Test
    void aHalfWrittenRecordIsNoLossToAnyReader() throws Exception {
        try (var server = ServerProcess.demo(data, Map.of())) {
            var cursor = publishAndKill(server);
            damage(log -> {
                log.seek(log.length());
                log.write(new byte[] {1, 2, 3, 4, 100, 0, 1}); // a header that announces 100 bytes
            });

            server.startAgain();

            for (var kind : ClientKind.values()) {
                try (var reader = kind.open(server, cursor, "c")) {
                    for (int i = 2; i <= PUBLISHED; i++) {
                        assertThat(((Message) reader.next()).data())
                                .as("%s", kind)
                                .isEqualTo("" + i);
                    }
                }
            }
        }
    }

    @Test
    void aLostEndIsToldToEveryReaderBeforeAnythingNewer() throws Exception {
        try (var server = ServerProcess.demo(data, Map.of())) {
            var cursor = publishAndKill(server);
            damage(log -> log.setLength(log.length() - 500));

            server.startAgain();
            new ApiClient(server).publish("c", "\"next\"");

            for (var kind : ClientKind.values()) {
                try (var reader = kind.open(server, cursor, "c")) {
                    assertThat(reader.next()).as("%s", kind).isInstanceOf(Missing.class);
                    assertThat(lastOf(reader)).as("%s", kind).isBetween(1L, (long) PUBLISHED);
                }
            }
        }
    }

    /** Publishes 1 to {@link #PUBLISHED}; returns the cursor after the first. */
    private static String publishAndKill(ServerProcess server) {
        var api = new ApiClient(server);
        var first = api.publish("c", "1");
        for (int i = 2; i <= PUBLISHED; i++) {
            api.publish("c", "" + i);
        }
        server.kill();
        return first;
    }

    /** Reads on to the newest, in order; returns its offset. */
    private static long lastOf(TestClient reader) {
        long before = 0;
        while (true) {
            var message = (Message) reader.next();
            assertThat(message.offset()).isGreaterThan(before);
            before = message.offset();
            if (message.data().equals("\"next\"")) {
                return before;
            }
        }
    }

    private void damage(Damage damage) throws IOException {
        try (var logs = Files.list(data.resolve("store"))) {
            var newest = logs.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            try (var file = new RandomAccessFile(newest.toFile(), "rw")) {
                damage.to(file);
            }
        }
    }
}
