package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.DISK;
import static io.sluice.hub.log.EngineWorld.append;
import static io.sluice.hub.log.EngineWorld.draft;
import static io.sluice.hub.log.EngineWorld.store;
import static io.sluice.hub.log.EngineWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.http.ClientError;
import io.sluice.hub.Appended;
import io.sluice.hub.KeyedState;
import io.sluice.hub.Outcome;
import io.sluice.hub.log.EngineWorld.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A full disk refuses publications, goes on serving reads, and is forgotten when there is room again. */
final class DiskFullTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFailedWriteRefusesAllAndLeavesNothingBehind(boolean keptAllTheSame) {
        try (var world = new EngineWorld(Kind.SIMULATED, folder)) {
            var log = world.open("news", DISK);
            store(log, 1, 3);
            world.disk().failWrites(keptAllTheSame);

            var refused = append(log, draft("lost").withKey("k"));
            world.sweep();

            assertThat(problem(refused).error()).isEqualTo(ClientError.STORAGE_UNAVAILABLE);
            assertThat(problem(refused).retryAfter()).isNotNull();
            assertThat(problem(append(log, draft("lost too"))).error()).isEqualTo(ClientError.STORAGE_UNAVAILABLE);
            assertThat(world.engine().ailment()).contains("No space left");
            assertThat(texts(log, 0)).containsExactly("m1", "m2", "m3");

            world.disk().work();
            world.sweep();

            assertThat(world.engine().ailment()).isNull();
            assertThat(append(log, draft("again").withKey("k"))).isInstanceOf(Appended.Stored.class);
            assertThat(texts(log, 0)).containsExactly("m1", "m2", "m3", "again");
            world.kill();
            assertThat(texts(world.open("news", DISK), 0)).containsExactly("m1", "m2", "m3", "again");
        }
    }

    @Test
    void aChangeWhoseOldValueCannotBeReadIsAnsweredOnce() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder)) {
            var answers = new CopyOnWriteArrayList<Boolean>();
            var change = new KeyedState.Merge(KeyedState.Kind.MARKERS, "news\0alice", new byte[16], (a, b) -> b);
            world.disk().failReads(true);

            world.engine().state().update(List.of(change), answers::add);
            world.sweep();

            assertThat(answers).containsExactly(false);
        }
    }

    @Test
    void whatAFailedWriteLeftBehindIsNotReadBeforeItIsUndone() {
        try (var world = new EngineWorld(Kind.SIMULATED, folder)) {
            var answers = new CopyOnWriteArrayList<Boolean>();
            var state = world.engine().state();
            state.update(List.of(new KeyedState.Put(KeyedState.Kind.MARKERS, "k", new byte[] {1})), answers::add);
            world.sweep();
            world.disk().failWrites(true);

            state.update(List.of(new KeyedState.Put(KeyedState.Kind.MARKERS, "k", new byte[] {2})), answers::add);
            world.sweep();
            var meanwhile = new CompletableFuture<Outcome<Optional<byte[]>>>();
            state.get(KeyedState.Kind.MARKERS, "k", meanwhile::complete);

            assertThat(answers).containsExactly(true, false);
            assertThat(meanwhile.join())
                    .isInstanceOfSatisfying(
                            Outcome.Done.class,
                            done -> assertThat(((Optional<?>) done.value()).orElseThrow())
                                    .isEqualTo(new byte[] {1}));
        }
    }

    @Test
    void publicationsAreRefusedWhileTheReserveIsNotFree() {
        var settings = new DiskConfig(DataSize.mib(64), DataSize.mib(1));
        try (var world = new EngineWorld(Kind.SIMULATED, folder, 1024, settings)) {
            var log = world.open("news", DISK);
            store(log, 1, 3);

            world.disk().usableBytes(DataSize.mib(63).bytes());
            world.sweep();

            assertThat(problem(append(log, draft("m"))).error()).isEqualTo(ClientError.STORAGE_UNAVAILABLE);
            assertThat(world.engine().ailment()).contains("64MiB");
            assertThat(texts(log, 0)).hasSize(3);
            world.disk().usableBytes(DataSize.mib(65).bytes());
            world.sweep();
            assertThat(world.engine().ailment()).isNull();
            assertThat(store(log, "m4").offset()).isEqualTo(4);
        }
    }

    /** A real disk that is full for real, where this test may mount one; else the same on the simulated one above. */
    @Test
    void aRealFullDiskRefusesServesReadsAndRecovers() throws IOException, InterruptedException {
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder.toString());
        if (!mounted) {
            return;
        }
        try {
            fillAndRecover();
        } finally {
            assertThat(run("umount", folder.toString())).isTrue();
        }
    }

    private void fillAndRecover() throws IOException {
        var ballast = folder.resolve("ballast");
        Files.write(ballast, new byte[32 << 20]);
        try (var world = new EngineWorld(Kind.ROCKS, folder)) {
            var log = world.open("news", DISK.keeping(1_000_000, DataSize.mib(1024), DISK.maxAge()));
            var text = "x".repeat(60_000);
            int stored = 0;
            while (append(log, draft(text)) instanceof Appended.Stored) {
                stored++;
            }

            assertThat(world.engine().ailment()).contains("No space left");
            assertThat(problem(append(log, draft(text))).error()).isEqualTo(ClientError.STORAGE_UNAVAILABLE);
            assertThat(texts(log, 0)).hasSize(stored);
            world.sweep();
            assertThat(texts(log, 0)).hasSize(stored);

            Files.delete(ballast);
            world.sweep();

            assertThat(world.engine().ailment()).isNull();
            assertThat(store(log, "room").offset()).isEqualTo(stored + 1);
            assertThat(texts(log, 0)).hasSize(stored + 1).last().isEqualTo("room");
            world.restart();
            assertThat(world.open("news", DISK).newest()).isEqualTo(stored + 1);
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static io.sluice.http.Problem problem(Appended appended) {
        assertThat(appended).isInstanceOf(Appended.Refused.class);
        return ((Appended.Refused) appended).problem();
    }
}
