package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.hub.log.Store.Family;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.TickerType;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** What only the store on RocksDB has, beyond {@link StoreContractTest}: a folder that others hold, damage or take away. */
final class RocksStoreTest {
    private static final byte[] KEY = bytes("key");
    private static final byte[] LATER = bytes("later");
    private static final byte[] VALUE = bytes("value");
    private static final byte[] MEBIBYTE = new byte[1 << 20];
    /** More than a family and its successor keep in memory: the first of it is in files when the last is taken. */
    private static final int BEYOND_MEMORY = 32;

    @TempDir
    Path folder;

    @Test
    void aFolderIsInUseUntilItsStoreIsClosed() {
        try (var first = RocksStore.open(folder)) {
            assertRefused("is in use by another server");
            put(first, KEY);
        }

        assertOpensWith(KEY);
    }

    @Test
    void filesThatAnotherProgramHasOpenAreInUse() throws RocksDBException {
        RocksStore.open(folder).close();

        try (var other = RocksHandle.open(folder.resolve("store"))) {
            assertThat(other.get(Family.ENGINE, KEY)).isNull();
            assertRefused("is in use by another server (");
        }

        RocksStore.open(folder).close();
    }

    @Test
    void aDamagedStoreIsRefusedUntilACopyIsRestored() throws IOException {
        fill(folder);
        var manifest = files("MANIFEST").getFirst();
        var good = Files.readAllBytes(manifest);
        Files.write(manifest, new byte[good.length]);

        assertRefused("is damaged and was not touched");

        Files.write(manifest, good);
        assertOpensWith(KEY);
    }

    @Test
    void aStoreThatLacksAFileIsRefusedUntilItIsBack() throws IOException {
        fill(folder);
        var manifest = files("MANIFEST").getFirst();
        var aside = Files.move(manifest, folder.resolve("aside"));

        assertRefused("cannot be opened (");

        Files.move(aside, manifest);
        assertOpensWith(KEY);
    }

    @Test
    void aStartThatFailsAtItsLastFileGivesEverythingBack() throws IOException {
        fill(folder);
        var note = folder.resolve("acknowledged");
        Files.delete(note);
        Files.createDirectory(note);

        assertRefused("cannot be used: ");

        Files.delete(note);
        assertOpensWith(KEY);
    }

    @Test
    void onlyASyncedWriteSyncsTheLog() {
        try (var store = RocksStore.open(folder)) {
            long atStart = store.walSyncs();

            put(store, KEY);
            long afterUnsynced = store.walSyncs();
            put(store, Family.MARKERS, LATER, VALUE, true);

            assertThat(afterUnsynced).isEqualTo(atStart);
            assertThat(store.walSyncs()).isEqualTo(atStart + 1);
        }
    }

    @Test
    void saysHowMuchRoomItsDiskHas() throws IOException {
        try (var store = RocksStore.open(folder)) {
            long size = Files.getFileStore(folder).getTotalSpace();

            assertThat(store.usableBytes()).isPositive().isLessThanOrEqualTo(size);
        }
    }

    @Test
    void aStoreThatCannotBeWrittenIsReadAndLaterRevived() throws IOException {
        try (var store = RocksStore.open(folder)) {
            put(store, KEY);
            var lock = folder.resolve("store").resolve("LOCK");
            Files.delete(lock);
            Files.createDirectory(lock); // opening for writing fails; a reader takes no lock

            assertThat(store.revive()).isFalse();

            assertThat(elsewhere(() -> store.get(Family.MARKERS, KEY))).isEqualTo(VALUE);
            assertThatThrownBy(() -> put(store, LATER))
                    .isInstanceOf(StoreFailed.class)
                    .hasMessageStartingWith("writing failed: ");

            Files.delete(lock);
            assertThat(store.revive()).isTrue();

            put(store, LATER);
            assertThat(elsewhere(() -> store.get(Family.MARKERS, KEY))).isEqualTo(VALUE);
        }
        assertOpensWith(LATER);
    }

    @Test
    void aStoreWhoseFilesAreGoneRefusesAndIsRevivedWhenTheyAreBack() throws IOException {
        try (var store = RocksStore.open(folder)) {
            put(store, KEY);
            var files = folder.resolve("store");
            var aside = Files.move(files, folder.resolve("aside"));
            Files.createFile(files);

            assertThat(store.revive()).isFalse();
            assertThat(store.revive()).isFalse();

            assertThatThrownBy(() -> store.get(Family.MARKERS, KEY)).isInstanceOf(StoreFailed.class);
            assertThatThrownBy(() -> put(store, LATER)).isInstanceOf(StoreFailed.class);

            Files.delete(files);
            Files.move(aside, files);
            assertThat(store.revive()).isTrue();

            assertThat(store.get(Family.MARKERS, KEY)).isEqualTo(VALUE);
            put(store, LATER);
        }
        assertOpensWith(LATER);
    }

    @Test
    void aStoreThatCouldNotBeOpenedAgainCloses() throws IOException {
        try (var store = RocksStore.open(folder)) {
            put(store, KEY);
            var files = folder.resolve("store");
            Files.move(files, folder.resolve("aside"));
            Files.createFile(files);
            assertThat(store.revive()).isFalse();
        }

        Files.delete(folder.resolve("store"));
        Files.move(folder.resolve("aside"), folder.resolve("store"));
        assertOpensWith(KEY);
    }

    @Test
    void aDamagedBlockFailsWhatReadsItAndEndsNoScanEarly() throws IOException {
        try (var store = RocksStore.open(folder)) {
            for (int i = 0; i < BEYOND_MEMORY; i++) {
                put(store, Family.PUBLICATIONS, number(i), MEBIBYTE, false);
            }
        }
        garbleTables();

        try (var store = RocksStore.open(folder)) {
            assertThatThrownBy(() -> store.get(Family.PUBLICATIONS, number(0)))
                    .isInstanceOf(StoreFailed.class)
                    .hasMessageStartingWith("reading failed: ");
            assertThatThrownBy(() -> store.scan(Family.PUBLICATIONS, number(0), number(99), (key, value) -> true))
                    .isInstanceOf(StoreFailed.class)
                    .hasMessageStartingWith("reading failed: ");
        }
    }

    /** Whether an idempotency key is new is asked for every publication that carries one. */
    @Test
    void whatIsLookedUpAndNotThereIsKnownWithoutReadingABlock() throws RocksDBException {
        var lookedUp = List.of(Family.KEYS, Family.CHANNELS, Family.MARKERS, Family.WEBHOOKS);
        try (var handle = RocksHandle.open(folder)) {
            for (var family : lookedUp) {
                put(handle, family, bytes("a"), VALUE); // what is absent lies between what is there
                put(handle, family, KEY, VALUE);
            }
            for (int i = 0; i < BEYOND_MEMORY; i++) {
                put(handle, Family.PUBLICATIONS, number(i), MEBIBYTE);
            }

            for (var family : lookedUp) {
                long before = handle.ticker(TickerType.BLOOM_FILTER_USEFUL);
                assertThat(handle.get(family, bytes("absent"))).isNull();
                assertThat(handle.ticker(TickerType.BLOOM_FILTER_USEFUL))
                        .as("%s", family)
                        .isEqualTo(before + 1);
            }
        }
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> RocksStore.open(folder))
                .isInstanceOf(StorageUnusable.class)
                .hasMessageStartingWith("data folder " + folder + ": " + why);
    }

    private void assertOpensWith(byte[] key) {
        try (var store = RocksStore.open(folder)) {
            assertThat(store.get(Family.MARKERS, key)).isEqualTo(VALUE);
        }
    }

    /** Leaves a store that holds the key. */
    private static void fill(Path folder) {
        try (var store = RocksStore.open(folder)) {
            put(store, KEY);
        }
    }

    private static void put(RocksStore store, byte[] key) {
        put(store, Family.MARKERS, key, VALUE, false);
    }

    private static void put(RocksStore store, Family family, byte[] key, byte[] value, boolean sync) {
        var batch = new StoreBatch();
        batch.put(family, key, value);
        store.write(batch, sync);
    }

    private static void put(RocksHandle handle, Family family, byte[] key, byte[] value) throws RocksDBException {
        try (var options = new WriteOptions();
                var batch = new WriteBatch()) {
            batch.put(handle.of(family), key, value);
            handle.write(options, batch);
        }
    }

    /** On another thread, as an engine reads: a lock that was not given back would hold it for ever. */
    private static <T> T elsewhere(Supplier<T> reading) {
        return EngineWorld.await(CompletableFuture.supplyAsync(reading));
    }

    private List<Path> files(String part) throws IOException {
        try (var files = Files.list(folder.resolve("store"))) {
            return files.filter(file -> file.getFileName().toString().contains(part))
                    .toList();
        }
    }

    private void garbleTables() throws IOException {
        var tables = files(".sst");
        assertThat(tables).isNotEmpty();
        for (var table : tables) {
            try (var file = new RandomAccessFile(table.toFile(), "rw")) {
                file.seek(50); // in the first block, whatever it compresses to
                file.write(bytes("garbled"));
            }
        }
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
