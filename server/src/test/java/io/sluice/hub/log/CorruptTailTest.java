package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.DISK;
import static io.sluice.hub.log.EngineWorld.POWER;
import static io.sluice.hub.log.EngineWorld.store;
import static io.sluice.hub.log.EngineWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.hub.log.EngineWorld.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A write-ahead log whose end is damaged: the start recovers what is good, says what is missing, and cursors are told. */
final class CorruptTailTest {
    private interface Damage {
        void to(RandomAccessFile log) throws IOException;
    }

    @TempDir
    Path folder;

    private long epochBefore;

    @Test
    void aHalfRecordAtTheEndIsNoLoss() throws IOException {
        try (var world = damaged(log -> {
            log.seek(log.length());
            log.write(new byte[] {1, 2, 3, 4, 100, 0, 1}); // a header that announces 100 bytes
        })) {
            var found = world.open("chat", DISK);

            assertThat(texts(found, 0)).hasSize(100);
            assertThat(world.found()).isEqualTo("a stop without warning, nothing lost");
        }
    }

    @Test
    void fewerBytesThanTheirTypeAsksForAreNoLoss() throws IOException {
        try (var world = damaged(log -> {
            log.seek(log.length());
            log.write(new byte[] {1, 2, 3, 4, 5, 6, 7});
        })) {
            assertThat(texts(world.open("chat", DISK), 0)).hasSize(100);
            assertThat(world.found()).isEqualTo("a stop without warning, nothing lost");
        }
    }

    @Test
    void aTruncatedLogKeepsTheBeginningAndGetsANewEpoch() throws IOException {
        try (var world = damaged(log -> log.setLength(log.length() - 500))) {
            checkLoss(world);
        }
    }

    @Test
    void aGarbledRecordEndsTheLogBeforeIt() throws IOException {
        try (var world = damaged(log -> {
            log.seek(log.length() - 500);
            log.write("garbled".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        })) {
            checkLoss(world);
        }
    }

    private void checkLoss(EngineWorld world) {
        var found = world.open("chat", DISK);
        int count = (int) found.newest();

        assertThat(count).isBetween(50, 99);
        assertThat(texts(found, 0))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, count).mapToObj(i -> "m" + i).toList());
        assertThat(world.found()).contains("acknowledged publications are missing");
        assertThat(found.epoch()).isNotEqualTo(epochBefore);
        assertThat(store(found, "next").offset()).isEqualTo(count + 1);
    }

    /** A world whose last process was killed and whose log was then damaged. */
    private EngineWorld damaged(Damage damage) throws IOException {
        var killed = folder.resolve("killed");
        try (var world = new EngineWorld(Kind.ROCKS, folder.resolve("running"))) {
            var log = world.open("chat", DISK);
            epochBefore = log.epoch();
            store(world.open("bank", POWER), 1, 10);
            store(log, 1, 100);
            copy(folder.resolve("running"), killed); // what a kill leaves behind
        }
        try (var logs = Files.list(killed.resolve("store"))) {
            var newest = logs.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            try (var file = new RandomAccessFile(newest.toFile(), "rw")) {
                damage.to(file);
            }
        }
        return new EngineWorld(Kind.ROCKS, killed);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
