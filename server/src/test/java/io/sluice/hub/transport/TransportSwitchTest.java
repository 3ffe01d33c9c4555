package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.hub.transport.ContractServers.Engine;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.TestClient;
import io.sluice.testkit.TestClient.Received.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A reader that changes its protocol again and again, from every kind to every other, while several publishers publish:
 * with nothing but the last cursor it gets every publication once and in order. {@code -Dsluice.switch.seed=} repeats a run.
 */
final class TransportSwitchTest {
    private static final int PUBLISHERS = 3;

    @ParameterizedTest
    @CsvSource({"MEMORY, 1", "MEMORY, 3", "DISK, 1", "DISK, 3"})
    void losesRepeatsAndReordersNothing(Engine engine, int channelCount, @TempDir Path folder) throws Exception {
        long seed = Long.getLong("sluice.switch.seed", System.nanoTime());
        var random = new Random(seed);
        var channels = new String[channelCount];
        for (int i = 0; i < channelCount; i++) {
            channels[i] = "room:" + i;
        }

        try (var server = engine.start(folder);
                var publishers = new Publishers(server, channels, seed)) {
            var reader = new SwitchingReader(server, channels, seed);
            for (var pair : everyPair(random)) {
                for (var kind : pair) {
                    int wanted = 1 + random.nextInt(9);
                    publishers.allow(wanted + random.nextInt(4));
                    reader.read(kind, wanted);
                }
            }
            reader.read(ClientKind.SSE, publishers.allowed - reader.taken);

            assertThat(publishers.failure.get()).as("seed %d", seed).isNull();
            assertThat(reader.taken).as("seed %d", seed).isEqualTo(publishers.allowed);
        }
    }

    private static List<List<ClientKind>> everyPair(Random random) {
        var pairs = new ArrayList<List<ClientKind>>();
        for (var from : ClientKind.values()) {
            for (var to : ClientKind.values()) {
                pairs.add(List.of(from, to));
            }
        }
        Collections.shuffle(pairs, random);
        return pairs;
    }

    /** Follows the channels with whatever kind it is told, and checks every publication against the one before. */
    private static final class SwitchingReader {
        private final EdgeServer server;
        private final String[] channels;
        private final long seed;
        private final Map<String, Long> offsets = new HashMap<>();
        private String cursor = "earliest";
        private int taken;

        SwitchingReader(EdgeServer server, String[] channels, long seed) {
            this.server = server;
            this.channels = channels;
            this.seed = seed;
        }

        /** Takes at least {@code count}, and more where the cursor comes only with the end of an answer. */
        void read(ClientKind kind, int count) {
            try (TestClient client = kind.open(server, cursor, channels)) {
                int end = taken + count;
                boolean complete = true;
                while (taken < end || !complete) {
                    var next = client.next();
                    assertThat(next).as("seed %d, %s", seed, kind).isInstanceOf(Message.class);
                    var message = (Message) next;
                    assertThat(message.offset())
                            .as("seed %d, %s, %s", seed, kind, message.channel())
                            .isEqualTo(offsets.merge(message.channel(), 1L, Long::sum));
                    taken++;
                    var at = message.cursor();
                    complete = at != null;
                    if (at != null) {
                        cursor = at;
                    }
                }
            }
        }
    }

    /** Publishes as much as is allowed, so that the reader is now behind and now waiting. */
    private static final class Publishers implements AutoCloseable {
        private final Semaphore turns = new Semaphore(0);
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final List<Thread> threads = new ArrayList<>();
        private int allowed;

        Publishers(EdgeServer server, String[] channels, long seed) {
            var api = new ApiClient(server);
            for (int i = 0; i < PUBLISHERS; i++) {
                var random = new Random(seed + i);
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        while (true) {
                            turns.acquire();
                            api.publish(channels[random.nextInt(channels.length)], "1");
                        }
                    } catch (InterruptedException end) {
                        Thread.currentThread().interrupt();
                    } catch (RuntimeException | AssertionError broken) {
                        failure.compareAndSet(null, broken);
                    }
                }));
            }
        }

        void allow(int count) {
            allowed += count;
            turns.release(count);
        }

        /** Publishing is blocking work on virtual threads: they end with their interrupt. */
        @Override
        public void close() {
            threads.forEach(Thread::interrupt);
        }
    }
}
