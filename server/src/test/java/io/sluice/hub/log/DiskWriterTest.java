package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.KeyedState;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Outcome;
import io.sluice.hub.Payload;
import io.sluice.testkit.ManualClock;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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

    private ChannelLog open() {
        var opened = new ArrayList<LogEngine.Opened>();
        engine.open(new ChannelName("news"), EngineWorld.POWER, told -> {}, opened::add);
        run();
        return ((LogEngine.Opened.Ready) opened.getFirst()).log();
    }

    private void append(ChannelLog log, String text) {
        var bytes = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        log.append(
                Draft.of(new Payload(Payload.Kind.TEXT, bytes, "text/plain")),
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
