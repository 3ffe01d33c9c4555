package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.KeyedState;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Outcome;
import io.sluice.hub.Position;
import io.sluice.hub.log.Store.Family;
import io.sluice.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** What waits for the writer, how much of it may, and what one turn makes of it; a test runs the threads' tasks. */
final class DiskWriterTest {
    private final ManualClock clock = new ManualClock();
    private final SimulatedStore store = new SimulatedStore();
    private final ArrayDeque<Runnable> writer = new ArrayDeque<>();
    private final ArrayDeque<Runnable> reader = new ArrayDeque<>();
    private boolean stopping;
    private final DiskLog engine = new DiskLog(
            new DiskConfig(DataSize.kib(64), DataSize.mib(1)),
            new EngineContext(clock, new HubConfig(), executor(writer), executor(reader), new Random(1), () -> "boot"),
            Path.of("unused"),
            path -> store);
    private final List<String> answers = new ArrayList<>();

    @Test
    void whatWaitsIsWrittenTogetherAndAnsweredInOrder() {
        var log = open();
        int syncsBefore = store.syncs.get();

        for (int i = 0; i < 100; i++) {
            append(log, "m");
        }
        boolean answeredEarly = !answers.isEmpty();
        run();

        assertThat(answeredEarly).isFalse();
        assertThat(answers).hasSize(100).startsWith("1", "2", "3").endsWith("100");
        assertThat(store.syncs.get() - syncsBefore).isEqualTo(1);
    }

    @Test
    void moreThanOneTurnTakesIsWrittenInSeveral() {
        var log = open();
        int syncsBefore = store.syncs.get();

        for (int i = 0; i < 2 * DiskWriter.MAX_TURN + 1; i++) {
            append(log, "m");
        }
        run();

        assertThat(answers).hasSize(2 * DiskWriter.MAX_TURN + 1);
        assertThat(store.syncs.get() - syncsBefore).isEqualTo(3);
    }

    @Test
    void soManyMayWaitAndNoMore() {
        var log = open();

        for (int i = 0; i < DiskWriter.MAX_QUEUED; i++) {
            append(log, "m");
        }
        boolean taken = answers.isEmpty();
        append(log, "one too many");
        var refused = List.copyOf(answers);
        run();
        append(log, "again");
        run();

        assertThat(taken).isTrue();
        assertThat(refused).containsExactly("overloaded");
        assertThat(answers).hasSize(DiskWriter.MAX_QUEUED + 2).endsWith("" + (DiskWriter.MAX_QUEUED + 1));
    }

    @Test
    void soManyBytesMayWaitAndNoMore() {
        var log = open();
        var mebibyte = "x".repeat(1 << 20);
        int most = (int) (DiskWriter.MAX_QUEUED_BYTES >> 20);

        for (int i = 0; i < most; i++) {
            append(log, mebibyte);
        }
        boolean taken = answers.isEmpty();
        append(log, mebibyte);
        append(log, mebibyte);
        var refused = List.copyOf(answers);
        run();
        append(log, mebibyte);
        run();

        assertThat(taken).isTrue();
        assertThat(refused).contains("overloaded").hasSizeLessThanOrEqualTo(2);
        assertThat(answers.getLast()).isNotEqualTo("overloaded");
    }

    @Test
    void largeChangesOfKeyedStateCountAsBytesToo() {
        var change = new KeyedState.Put(KeyedState.Kind.WEBHOOKS, "k", new byte[1 << 20]);
        int most = (int) (DiskWriter.MAX_QUEUED_BYTES >> 20);

        for (int i = 0; i < most; i++) {
            engine.state().update(List.of(change), done -> answers.add("" + done));
        }
        boolean taken = answers.isEmpty();
        engine.state().update(List.of(change), done -> answers.add("" + done));
        engine.state().update(List.of(change), done -> answers.add("" + done));

        assertThat(taken).isTrue();
        assertThat(answers).contains("false").doesNotContain("true");
    }

    @Test
    void roomIsLookedAtAgainOnceAQuarterOfTheReserveWasWritten() {
        var log = open();
        store.usableBytes(DataSize.kib(63).bytes());

        append(log, "x".repeat(8 << 10));
        run();
        var afterALittle = engine.ailment();
        append(log, "x".repeat(8 << 10));
        run();
        append(log, "refused");
        run();

        assertThat(afterALittle).isNull();
        assertThat(engine.ailment()).contains("less than 64KiB of room");
        assertThat(answers).containsExactly("1", "2", "storage-unavailable");
    }

    @Test
    void closingWritesWhatWaitsAndRefusesWhatComesLater() {
        var log = open();
        append(log, "a");
        append(log, "b");

        engine.close();
        append(log, "c");
        run();

        assertThat(answers).containsExactly("1", "2", "draining");
    }

    @Test
    void whatComesWhileItsThreadsStopIsWrittenByWhoeverBringsIt() {
        var log = open();
        stopping = true;

        append(log, "a");

        assertThat(answers).containsExactly("1");
    }

    @Test
    void aReadThatNoThreadTakesIsRefused() {
        stopping = true;

        engine.state()
                .get(
                        KeyedState.Kind.MARKERS,
                        "k",
                        found -> answers.add(found.getClass().getSimpleName()));
        engine.state()
                .scan(
                        KeyedState.Kind.MARKERS,
                        "k",
                        "k",
                        1,
                        found -> answers.add(found.getClass().getSimpleName()));
        engine.open(
                new ChannelName("other"),
                EngineWorld.POWER,
                told -> {},
                opened -> answers.add(opened.getClass().getSimpleName()));

        assertThat(answers).containsExactly("Refused", "Refused", "Failed");
    }

    @Test
    void aValueThatCannotBeReadIsRefusedAndNotAbsent() {
        store.failReads(true);

        engine.state()
                .get(
                        KeyedState.Kind.MARKERS,
                        "k",
                        found -> answers.add(
                                found instanceof Outcome.Refused<?>(var problem)
                                        ? problem.error().code()
                                        : "found"));
        run();

        assertThat(answers).containsExactly("storage-unavailable");
    }

    @Test
    void aChannelThatCouldNotBeReadIsOpenedOnceTheDiskWorks() {
        append(open(), "a");
        run();
        var again = new DiskLog(
                new DiskConfig(new DataSize(0), DataSize.mib(1)),
                new EngineContext(
                        clock, new HubConfig(), executor(writer), executor(reader), new Random(1), () -> "boot"),
                Path.of("unused"),
                path -> store);
        store.failReads(true);

        again.open(
                new ChannelName("news"),
                EngineWorld.POWER,
                told -> {},
                opened -> answers.add(opened.getClass().getSimpleName()));
        run();
        store.failReads(false);
        again.open(
                new ChannelName("news"),
                EngineWorld.POWER,
                told -> {},
                opened -> answers.add(opened.getClass().getSimpleName()));
        run();

        assertThat(answers).containsExactly("1", "Failed", "Ready");
    }

    @Test
    void aFailedWriteIsRefusedAsAWholeAndTakenBack() {
        var log = open();
        store.failWrites(true); // which the store keeps all the same

        append(log, draft("a").withKey("k"));
        append(log, draft("b"));
        run();
        int kept = store.size(Family.PUBLICATIONS);
        boolean letGo = engine.evict(log);
        store.work();
        engine.sweep();
        run();
        int afterwards = store.size(Family.PUBLICATIONS) + store.size(Family.KEYS) + store.size(Family.EXPIRIES);
        append(log, draft("c").withKey("k"));
        run();

        assertThat(answers).containsExactly("storage-unavailable", "storage-unavailable", "1");
        assertThat(kept).isEqualTo(2);
        assertThat(letGo).as("loaded again now, it would have what was refused").isFalse();
        assertThat(afterwards).isZero();
        assertThat(store.size(Family.PUBLICATIONS)).isEqualTo(1);
        assertThat(engine.evict(log)).isTrue();
    }

    @Test
    void whatMayBeTakenBackIsNotRead() {
        var places = List.of("old", "new");
        engine.state().update(List.of(put("old", "1")), done -> answers.add("" + done));
        run();
        store.failWrites(true);

        engine.state().update(List.of(put("old", "2"), put("new", "2")), done -> answers.add("" + done));
        run();
        for (var place : places) {
            engine.state().get(KeyedState.Kind.MARKERS, place, found -> answers.add(text(found)));
        }
        run();

        assertThat(answers).containsExactly("true", "false", "1", "nothing");
    }

    @Test
    void everyWriteIsNumberedAndNoTurnWithoutOneIs() {
        var log = open();
        long began = commit();

        append(log, "a");
        run();
        long first = commit();
        engine.sweep();
        run();
        append(log, draft("a").ifNewest(new Position(log.epoch(), 7)));
        run();
        long nothing = commit();
        append(log, "b");
        run();
        var next = restarted(store.afterKill());

        assertThat(first).isEqualTo(began + 1);
        assertThat(nothing).isEqualTo(first);
        assertThat(commit()).isEqualTo(first + 1);
        assertThat(next.found()).isEqualTo("a stop without warning, nothing lost");
    }

    @Test
    void whatAgedInATurnMayBeLetGoOfAfterwards() {
        var log = open();
        append(log, "a");
        run();
        clock.advance(EngineWorld.POWER.maxAge());

        store.failWrites(false);
        engine.sweep();
        run();
        long whileItFails = log.oldest();
        store.work();
        engine.sweep();
        run();

        assertThat(whileItFails).isEqualTo(1);
        assertThat(log.oldest()).isEqualTo(2);
        assertThat(engine.evict(log)).isTrue();
    }

    @Test
    void closedChannelsAgeSoManyInASweep() {
        for (int i = 0; i < 300; i++) {
            var log = open("c" + i);
            append(log, "m");
            run();
            engine.evict(log);
        }
        clock.advance(EngineWorld.POWER.maxAge());

        engine.sweep();
        run();
        int left = store.size(Family.PUBLICATIONS);
        engine.sweep();
        run();

        assertThat(left).isEqualTo(300 - 256);
        assertThat(store.size(Family.PUBLICATIONS)).isZero();
        assertThat(store.size(Family.CHANNELS)).as("offsets go on").isEqualTo(300);
    }

    @Test
    void whatIsNoLongerHeldIsDeletedTogether() {
        var log = open("news", EngineWorld.POWER.keeping(10, DataSize.mib(1), Duration.ofHours(1)));
        for (int i = 0; i < 265; i++) {
            append(log, "m");
            run();
        }

        int before = store.size(Family.PUBLICATIONS);
        append(log, "m");
        run();

        assertThat(before).isEqualTo(265);
        assertThat(log.oldest()).isEqualTo(257);
        assertThat(store.size(Family.PUBLICATIONS))
                .as("with the one that readers saw until now")
                .isEqualTo(11);
    }

    @Test
    void whatWeighsMuchIsDeletedSooner() {
        var log = open("news", EngineWorld.POWER.keeping(1, DataSize.mib(1), Duration.ofHours(1)));
        var sizes = new ArrayList<Integer>();

        for (int i = 0; i < 5; i++) {
            append(log, "x".repeat(600 << 10));
            run();
            sizes.add(store.size(Family.PUBLICATIONS));
        }

        assertThat(sizes).containsExactly(1, 2, 2, 3, 2);
    }

    @Test
    void aStopIsCleanUnlessAWriteFailed() {
        append(open(), "a");
        run();
        engine.close();
        var clean = restarted(store.afterKill());
        var failing = store.afterKill();
        var broken = restarted(failing);
        failing.failWrites(false);
        broken.state().update(List.of(put("k", "1")), done -> answers.add("" + done));
        run();
        failing.work();
        broken.close();

        assertThat(clean.found()).isEqualTo("a clean stop");
        assertThat(answers).containsExactly("1", "false");
        assertThat(restarted(failing.afterKill()).found()).startsWith("a stop without warning");
    }

    @Test
    void aStartFindsOutThatThereIsNoRoom() {
        var full = store.afterKill();
        full.usableBytes(0);

        assertThat(restarted(full).ailment()).contains("less than 64KiB of room");
        assertThat(engine.ailment()).isNull();
    }

    private long commit() {
        return Objects.requireNonNull(store.acknowledged()).commit();
    }

    /** The engine of the next process, on what it finds. */
    private DiskLog restarted(SimulatedStore disk) {
        return new DiskLog(
                new DiskConfig(DataSize.kib(64), DataSize.mib(1)),
                new EngineContext(
                        clock, new HubConfig(), executor(writer), executor(reader), new Random(1), () -> "boot"),
                Path.of("unused"),
                path -> disk);
    }

    private static KeyedState.Change put(String key, String value) {
        return new KeyedState.Put(KeyedState.Kind.MARKERS, key, value.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(Outcome<Optional<byte[]>> found) {
        return found instanceof Outcome.Done<Optional<byte[]>>(var value)
                ? value.map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
                        .orElse("nothing")
                : "refused";
    }

    private static Draft draft(String text) {
        return EngineWorld.draft(text);
    }

    private ChannelLog open() {
        return open("news");
    }

    private ChannelLog open(String channel) {
        return open(channel, EngineWorld.POWER);
    }

    private ChannelLog open(String channel, NamespaceConfig settings) {
        var opened = new ArrayList<LogEngine.Opened>();
        engine.open(new ChannelName(channel), settings, told -> {}, opened::add);
        run();
        return ((LogEngine.Opened.Ready) opened.getFirst()).log();
    }

    private void append(ChannelLog log, String text) {
        append(log, draft(text));
    }

    private void append(ChannelLog log, Draft draft) {
        log.append(
                draft,
                appended -> answers.add(
                        switch (appended) {
                            case Appended.Stored(var position, var time) -> Long.toString(position.offset());
                            case Appended.Replayed replayed -> "replayed";
                            case Appended.Refused(var problem) ->
                                problem.error().code();
                        }));
    }

    private Executor executor(ArrayDeque<Runnable> tasks) {
        return task -> {
            if (stopping) {
                throw new RejectedExecutionException("stopping");
            }
            tasks.add(task);
        };
    }

    private void run() {
        while (!writer.isEmpty() || !reader.isEmpty()) {
            var task = writer.isEmpty() ? reader.poll() : writer.poll();
            if (task != null) {
                task.run();
            }
        }
    }
}
