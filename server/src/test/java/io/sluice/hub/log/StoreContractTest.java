package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.hub.log.Store.Acknowledged;
import io.sluice.hub.log.Store.Family;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store does, the real one and the one that simulations run on: so that these are about the same disk. */
final class StoreContractTest {
    private static final Family ANY = Family.PUBLICATIONS;

    enum Kind {
        ROCKS {
            @Override
            Store open(Path folder) {
                return RocksStore.open(folder);
            }

            @Override
            Store again(Store closed, Path folder) {
                return RocksStore.open(folder);
            }
        },
        SIMULATED {
            @Override
            Store open(Path folder) {
                return new SimulatedStore();
            }

            @Override
            Store again(Store closed, Path folder) {
                return ((SimulatedStore) closed).afterKill();
            }
        };

        abstract Store open(Path folder);

        /** What the next process finds. */
        abstract Store again(Store closed, Path folder);
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void everyFamilyIsAMapOfItsOwn(Kind kind) {
        try (var store = kind.open(folder)) {
            write(store, batch -> {
                for (var family : Family.values()) {
                    batch.put(family, bytes("k"), bytes(family.name()));
                }
            });

            for (var family : Family.values()) {
                assertThat(text(store.get(family, bytes("k")))).isEqualTo(family.name());
                assertThat(scan(store, family, "", "~")).containsExactly("k=" + family.name());
                assertThat(store.get(family, bytes("K"))).isNull();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theChangesOfABatchAreMadeInTheirOrder(Kind kind) {
        try (var store = kind.open(folder)) {
            write(store, batch -> {
                batch.put(ANY, bytes("a"), bytes("1"));
                batch.put(ANY, bytes("a"), bytes("2"));
                batch.put(ANY, bytes("b"), bytes("1"));
                batch.delete(ANY, bytes("b"));
                batch.put(ANY, bytes("c"), bytes("1"));
                batch.deleteRange(ANY, bytes("c"), bytes("d"));
                batch.put(ANY, bytes("c"), bytes("2"));
            });

            assertThat(scan(store, ANY, "", "~")).containsExactly("a=2", "c=2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRangeIsDeletedFromItsFirstKeyAndWithoutItsLast(Kind kind) {
        try (var store = kind.open(folder)) {
            put(store, "a", "b", "c", "d");

            write(store, batch -> batch.deleteRange(ANY, bytes("b"), bytes("d")));

            assertThat(keys(store, "", "~")).containsExactly("a", "d");
            assertThat(store.get(ANY, bytes("c"))).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aScanGoesFromItsFirstKeyAndWithoutItsLast(Kind kind) {
        try (var store = kind.open(folder)) {
            put(store, "d", "b", "a", "c");

            assertThat(keys(store, "b", "d")).containsExactly("b", "c");
            assertThat(keys(store, "aa", "cc")).containsExactly("b", "c");
            assertThat(keys(store, "b", "b")).isEmpty();
            assertThat(keys(store, "e", "f")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aScanBackwardsGoesThroughTheSameRangeFromItsEnd(Kind kind) {
        try (var store = kind.open(folder)) {
            put(store, "d", "b", "a", "c");

            assertThat(keysBackwards(store, "b", "d", 9)).containsExactly("c", "b");
            assertThat(keysBackwards(store, "aa", "cc", 9)).containsExactly("c", "b");
            assertThat(keysBackwards(store, "", "~", 3)).containsExactly("d", "c", "b");
            assertThat(keysBackwards(store, "b", "b", 9)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aScanEndsWhereItsVisitorSaysSo(Kind kind) {
        try (var store = kind.open(folder)) {
            put(store, "a", "b", "c");
            var seen = new ArrayList<String>();

            store.scan(ANY, bytes(""), bytes("~"), (key, value) -> {
                seen.add(text(key));
                return seen.size() < 2;
            });

            assertThat(seen).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aScanSeesWhatWasThereWhenItBegan(Kind kind) {
        try (var store = kind.open(folder)) {
            put(store, "a", "c");
            var seen = new ArrayList<String>();

            store.scan(ANY, bytes(""), bytes("~"), (key, value) -> {
                seen.add(text(key));
                put(store, "b");
                return true;
            });

            assertThat(seen).containsExactly("a", "c");
            assertThat(keys(store, "", "~")).containsExactly("a", "b", "c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keysAreOrderedAsUnsignedBytes(Kind kind) {
        try (var store = kind.open(folder)) {
            var highest = new byte[] {(byte) 0x80};
            var lowest = new byte[] {0x7f};
            write(store, batch -> {
                batch.put(ANY, highest, bytes(""));
                batch.put(ANY, lowest, bytes(""));
                batch.put(ANY, new byte[] {0x7f, 0}, bytes(""));
            });
            var seen = new ArrayList<byte[]>();

            store.scan(ANY, new byte[0], new byte[] {-1}, (key, value) -> seen.add(key));

            assertThat(seen).containsExactly(lowest, new byte[] {0x7f, 0}, highest);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasWrittenAndNotedIsThereForTheNextProcess(Kind kind) {
        var store = kind.open(folder);
        write(store, batch -> batch.put(ANY, bytes("synced"), bytes("")), true);
        write(store, batch -> batch.put(ANY, bytes("unsynced"), bytes("")), false);
        store.acknowledged();
        store.acknowledge(7, true);
        store.acknowledge(9, false);
        store.close();

        try (var next = kind.again(store, folder)) {
            assertThat(keys(next, "", "~")).containsExactly("synced", "unsynced");
            assertThat(next.acknowledged()).isEqualTo(new Acknowledged(9, 7));
            next.acknowledge(10, false);
            assertThat(next.acknowledged()).isEqualTo(new Acknowledged(10, 7));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNewStoreHasNothingAcknowledged(Kind kind) {
        try (var store = kind.open(folder)) {
            assertThat(store.acknowledged()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysAboutHowManyEntriesAFamilyHas(Kind kind) {
        try (var store = kind.open(folder)) {
            put(store, "a", "b", "c");

            assertThat(store.estimate(ANY)).isEqualTo(3);
            assertThat(store.estimate(Family.KEYS)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void hasRoom(Kind kind) {
        try (var store = kind.open(folder)) {
            assertThat(store.usableBytes()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStoreThatWorksIsRevivedWithWhatItHolds(Kind kind) {
        try (var store = kind.open(folder)) {
            put(store, "a");

            assertThat(store.revive()).isTrue();

            put(store, "b");
            assertThat(keys(store, "", "~")).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClosedStoreRefusesEverything(Kind kind) {
        var store = kind.open(folder);
        put(store, "a");
        store.close();
        store.close();

        // on another thread, as the readers of an engine are: a lock that was not given back would hold them for ever
        EngineWorld.await(CompletableFuture.runAsync(() -> {
            assertThatThrownBy(() -> store.get(ANY, bytes("a"))).isInstanceOf(StoreFailed.class);
            assertThatThrownBy(() -> keys(store, "", "~")).isInstanceOf(StoreFailed.class);
            assertThatThrownBy(() -> keysBackwards(store, "", "~", 9)).isInstanceOf(StoreFailed.class);
            assertThatThrownBy(() -> put(store, "b")).isInstanceOf(StoreFailed.class);
            assertThatThrownBy(() -> store.estimate(ANY)).isInstanceOf(StoreFailed.class);
            assertThatThrownBy(() -> store.acknowledge(1, true)).isInstanceOf(StoreFailed.class);
            assertThatThrownBy(store::acknowledged).isInstanceOf(StoreFailed.class);
            assertThat(store.revive()).isFalse();
        }));
        try (var next = kind.again(store, folder)) {
            assertThat(keys(next, "", "~")).containsExactly("a");
        }
    }

    private static void put(Store store, String... keys) {
        write(store, batch -> {
            for (var key : keys) {
                batch.put(ANY, bytes(key), bytes(""));
            }
        });
    }

    private static void write(Store store, Consumer<StoreBatch> changes) {
        write(store, changes, false);
    }

    private static void write(Store store, Consumer<StoreBatch> changes, boolean sync) {
        var batch = new StoreBatch();
        changes.accept(batch);
        store.write(batch, sync);
    }

    private static List<String> scan(Store store, Family family, String from, String to) {
        var entries = new ArrayList<String>();
        store.scan(family, bytes(from), bytes(to), (key, value) -> entries.add(text(key) + "=" + text(value)));
        return entries;
    }

    private static List<String> keys(Store store, String from, String to) {
        var keys = new ArrayList<String>();
        store.scan(ANY, bytes(from), bytes(to), (key, value) -> keys.add(text(key)));
        return keys;
    }

    private static List<String> keysBackwards(Store store, String from, String to, int limit) {
        var keys = new ArrayList<String>();
        store.scanBackwards(ANY, bytes(from), bytes(to), (key, value) -> keys.add(text(key)) && keys.size() < limit);
        return keys;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "nothing" : new String(bytes, StandardCharsets.UTF_8);
    }
}
