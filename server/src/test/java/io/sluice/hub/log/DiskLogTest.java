package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.DISK;
import static io.sluice.hub.log.EngineWorld.append;
import static io.sluice.hub.log.EngineWorld.await;
import static io.sluice.hub.log.EngineWorld.draft;
import static io.sluice.hub.log.EngineWorld.read;
import static io.sluice.hub.log.EngineWorld.reading;
import static io.sluice.hub.log.EngineWorld.store;
import static io.sluice.hub.log.EngineWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.http.ClientError;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog.Batch;
import io.sluice.hub.Publication;
import io.sluice.hub.log.EngineWorld.Kind;
import io.sluice.hub.log.Store.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only the disk engine has: cold reads, cleaning up, folders. */
final class DiskLogTest {
    private static final DiskConfig SMALL = new DiskConfig(new DataSize(0), DataSize.mib(1));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"ROCKS", "SIMULATED"})
    void coldAndHotReadsJoinWithoutASeam(Kind kind) {
        try (var world = new EngineWorld(kind, folder, 10, SMALL)) {
            var log = world.open("news", DISK);
            store(log, 1, 400);

            for (long after = 0; after < 400; after += 7) {
                var offsets = read(log, after, 150, 1 << 20).stream().map(Publication::offset);
                assertThat(offsets)
                        .containsExactlyElementsOf(LongStream.rangeClosed(after + 1, Math.min(400, after + 150))
                                .boxed()
                                .toList());
            }
            assertThat(log.peek(390)).isNull();
            assertThat(log.peek(391)).isNotNull();
        }
    }

    @Test
    void aThousandReadersOfOneColdRangeCostOneReadPerBlock() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder, 10, SMALL)) {
            var log = world.open("news", DISK);
            store(log, 1, 500);
            int before = world.disk().scans.get();

            var batches = IntStream.range(0, 1000)
                    .mapToObj(i -> reading(log, 130, 200, 1 << 20))
                    .toList();
            batches.forEach(EngineWorld::await);

            assertThat(world.disk().scans.get() - before).isEqualTo(2);
        }
    }

    @Test
    void aBlockReadBeforeItWasCompleteIsReadAgain() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder, 1, SMALL)) {
            var log = world.open("news", DISK);
            for (int i = 1; i <= 300; i++) {
                store(log, "m" + i);

                assertThat(read(log, Math.max(0, i - 3), 10, 1 << 20)).hasSize(Math.min(3, i));
            }
        }
    }

    @Test
    void largePublicationsComeBackInSmallBlocks() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder, 1, SMALL)) {
            var log = world.open("news", DISK.keeping(1000, DataSize.mib(100), DISK.maxAge()));
            IntStream.range(0, 20).forEach(i -> store(log, "x".repeat(1 << 20)));

            var some = read(log, 10, 100, 3 << 20);

            assertThat(some).extracting(Publication::offset).containsExactly(11L, 12L);
        }
    }

    @Test
    void aReadThatFailsSaysSo() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder, 1, SMALL)) {
            var log = world.open("news", DISK);
            store(log, 1, 10);
            world.disk().close();

            var batch = await(reading(log, 0, 10, 1000));

            assertThat(batch).isInstanceOf(Batch.Failed.class);
            assertThat(((Batch.Failed) batch).problem().error()).isEqualTo(ClientError.STORAGE_UNAVAILABLE);
            world.kill();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ROCKS", "SIMULATED"})
    void keysHoldAcrossARestartUntilTheyExpire(Kind kind) {
        try (var world = new EngineWorld(kind, folder, 10, SMALL)) {
            var first = (Appended.Stored)
                    append(world.open("news", DISK), draft("a").withKey("k"));
            world.clock.advance(Duration.ofHours(23));

            world.restart();
            var log = world.open("news", DISK);

            assertThat(append(log, draft("a").withKey("k")))
                    .isEqualTo(new Appended.Replayed(first.position(), first.time()));
            world.clock.advance(Duration.ofHours(1));
            assertThat(append(log, draft("a").withKey("k"))).isInstanceOf(Appended.Stored.class);
        }
    }

    @Test
    void expiredKeysLeaveTheDiskAndRenewedOnesStay() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder, 10, SMALL)) {
            var log = world.open("news", DISK);
            IntStream.range(0, 5000).forEach(i -> append(log, draft("a").withKey("k" + i)));
            world.clock.advance(Duration.ofHours(24));
            append(log, draft("b").withKey("k7"));

            world.sweep();

            assertThat(world.disk().size(Family.KEYS)).isEqualTo(1);
            assertThat(world.disk().size(Family.EXPIRIES)).isEqualTo(1);
            assertThat(append(log, draft("b").withKey("k7"))).isInstanceOf(Appended.Replayed.class);
        }
    }

    @Test
    void whatIsNoLongerHeldLeavesTheDisk() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder, 10, SMALL)) {
            var log = world.open("news", DISK.keeping(100, DataSize.mib(16), DISK.maxAge()));

            store(log, 1, 3000);

            assertThat(world.disk().size(Family.PUBLICATIONS)).isBetween(100, 100 + 2 * 256);
            assertThat(texts(log, 0)).hasSize(100).first().isEqualTo("m2901");
        }
    }

    @Test
    void aChannelThatNobodyOpensAgainAgesToo() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder, 10, SMALL)) {
            var log = world.open("news", DISK);
            store(log, 1, 50);
            world.engine().evict(log);

            world.advanceAndSweep(DISK.maxAge());

            assertThat(world.disk().size(Family.PUBLICATIONS)).isZero();
            var again = world.open("news", DISK);
            assertThat(again.oldest()).isEqualTo(51);
            assertThat(store(again, "next").offset()).isEqualTo(51);
        }
    }

    @Test
    void afterARestartTheNewestAreInMemory() {
        try (var world = new EngineWorld(Kind.ROCKS, folder, 10, SMALL)) {
            store(world.open("news", DISK), 1, 50);

            world.restart();
            var log = world.open("news", DISK);

            assertThat(log.peek(40)).isNull();
            assertThat(log.peek(41)).isNotNull();
            assertThat(texts(log, 0)).hasSize(50);
        }
    }

    @Test
    void aFolderInUseIsRefusedByName() {
        try (var world = new EngineWorld(Kind.ROCKS, folder)) {
            var context = KilledPublisher.context(folder);

            assertThatThrownBy(() -> new DiskLog(SMALL, context))
                    .isInstanceOf(StorageUnusable.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("in use by another server");
            assertThat(world.engine().ailment()).isNull();
        }
    }

    @Test
    void aFolderThatIsAFileIsRefusedByName() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "not a folder");

        assertThatThrownBy(() -> new DiskLog(SMALL, KilledPublisher.context(file)))
                .isInstanceOf(StorageUnusable.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void aStartThatCannotBeNotedIsRefusedAndClosesTheStore() {
        var store = new SimulatedStore();
        store.failWrites(false);

        assertThatThrownBy(() -> new SteppedEngine(new HubConfig(), SMALL, store))
                .isInstanceOf(StorageUnusable.class)
                .hasMessageContaining("unused")
                .hasMessageContaining("No space left on device");
        assertThatThrownBy(() -> store.estimate(Family.ENGINE)).hasMessage("closed");
    }

    @Test
    void aDamagedFolderIsRefusedByName() throws IOException {
        new DiskLog(SMALL, KilledPublisher.context(folder)).close();
        try (var files = Files.list(folder.resolve("store"))) {
            for (var file : files.filter(each -> each.getFileName().toString().startsWith("MANIFEST"))
                    .toList()) {
                Files.write(file, new byte[100]);
            }
        }

        assertThatThrownBy(() -> new DiskLog(SMALL, KilledPublisher.context(folder)))
                .isInstanceOf(StorageUnusable.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("damaged");
    }
}
