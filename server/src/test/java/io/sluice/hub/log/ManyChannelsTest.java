package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.DISK;
import static io.sluice.hub.log.EngineWorld.appending;
import static io.sluice.hub.log.EngineWorld.draft;
import static io.sluice.hub.log.EngineWorld.store;
import static io.sluice.hub.log.EngineWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.hub.Appended;
import io.sluice.hub.log.EngineWorld.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several thousand channels in one folder. */
final class ManyChannelsTest {
    private static final int CHANNELS = 5_000;

    @TempDir
    Path folder;

    @Test
    void aChannelCostsNoFile() throws IOException {
        try (var world = new EngineWorld(Kind.ROCKS, folder)) {
            long before = openFiles();
            var logs = IntStream.range(0, CHANNELS)
                    .mapToObj(i -> world.open("room:" + i, DISK))
                    .toList();

            var answers =
                    logs.stream().map(log -> appending(log, draft("hello"))).toList();

            assertThat(answers).extracting(EngineWorld::await).hasOnlyElementsOfType(Appended.Stored.class);
            assertThat(openFiles() - before).isLessThan(50);
            world.restart();
            assertThat(openFiles() - before).isLessThan(50);
            for (int i = 0; i < CHANNELS; i += 97) {
                var log = world.open("room:" + i, DISK);
                assertThat(texts(log, 0)).containsExactly("hello");
                assertThat(store(log, "again").offset()).isEqualTo(2);
            }
        }
    }

    private static long openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
