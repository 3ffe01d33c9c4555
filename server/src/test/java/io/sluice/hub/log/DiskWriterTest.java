package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.KeyedState;
import io.sluice.hub.Outcome;
import io.sluice.hub.Position;
import io.sluice.hub.log.Store.Family;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What waits for the writer, how much of it may, and what one turn makes of it; a test runs the threads' tasks. */
final class DiskWriterTest {
    private final SteppedEngine world =
            new SteppedEngine(new HubConfig(), new DiskConfig(DataSize.kib(64), DataSize.mib(1)));
    private final SimulatedStore store = world.store;
    private final DiskLog engine = world.engine;
    private final List<String> answers = world.answers;

    @Test
    void whatWaitsIsWrittenTogetherAndAnsweredInOrder() {
        var log = open();
        int syncsBefore = store.syncs.get();

        for (int i = 0; i < 100; i++) {
            append(log, "m");
        }
        boolean answeredEarly = !answers.isEmpty();
        world.run();

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
        world.run();

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
        world.run();
        append(log, "again");
        world.run();

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
        world.run();
        append(log, mebibyte);
        world.run();

        assertThat(taken).isTrue();
        assertThat(refused).contains("overloaded").hasSizeLessThanOrEqualTo(2);
        assertThat(answers.getLast()).isNotEqualTo("overloaded");
    }

    @Test
    void whatWasRefusedTakesNoRoom() {
        var log = open();
        var mebibyte = "x".repeat(1 << 20);
        int most = (int) (DiskWriter.MAX_QUEUED_BYTES >> 20);

        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < DiskWriter.MAX_QUEUED; i++) {
                append(log, "m");
            }
            for (int i = 0; i < 2 * most; i++) {
                append(log, mebibyte);
            }
            world.run();
            for (int i = 0; i < 2 * most; i++) {
                append(log, mebibyte);
            }
            world.run();
        }

        int each = DiskWriter.MAX_QUEUED + 2 * most + most;
        assertThat(answers).hasSize(2 * (each + most));
        assertThat(answers.stream().filter("overloaded"::equals).count())
                .as("all but what fits, and one of which only the beginning does")
                .isBetween(2L * (3 * most - 1), 2L * 3 * most);
    }

    @Test
    void aChannelIsNotOpenedWhereTooMuchWaits() {
        var log = open();
        for (int i = 0; i < DiskWriter.MAX_QUEUED; i++) {
            append(log, "m");
        }

        opening("other");

        assertThat(answers).containsExactly("Failed");
    }

    @Test
    void whatWaitsBehindAChangeThatCannotBeDecidedIsRefusedToo() {
        var log = open();
        append(log, "before");
        store.failReads(true);
        engine.state().update(List.of(put("k", "1")), done -> answers.add("" + done));
        append(log, "behind");
        opening("other");
        world.run();
        store.failReads(false);
        engine.sweep();
        world.run();
        append(log, "again");
        world.run();

        assertThat(answers).containsExactly("storage-unavailable", "false", "storage-unavailable", "Failed", "1");
    }

    @Test
    void aChannelIsOpenedBesideAWriteThatFails() {
        append(open(), "a");
        store.failWrites(false);
        opening("other");

        world.run();

        assertThat(answers).containsExactly("storage-unavailable", "Ready");
    }

    @Test
    void itDoesNotGoOnBeforeThereIsRoomAgain() {
        var log = open();
        store.failWrites(true);
        append(log, "a");
        world.run();
        store.usableBytes(DataSize.kib(64).bytes() - 1);
        store.work();
        world.sweep();
        append(log, "b");
        world.run();
        store.usableBytes(DataSize.kib(64).bytes());
        world.sweep();
        append(log, "c");
        world.run();

        assertThat(answers).containsExactly("storage-unavailable", "storage-unavailable", "1");
        assertThat(world.startedOn(store.afterKill()).found()).isEqualTo("a stop without warning, nothing lost");
    }

    @Test
    void whatWasTakenBackIsNumbered() {
        var log = open();
        append(log, "a");
        world.run();
        long before = commit();
        store.failWrites(true);
        append(log, "b");
        world.run();
        store.work();
        world.sweep();

        assertThat(commit()).isEqualTo(before + 1);
        assertThat(world.startedOn(store.afterPowerCut()).found()).isEqualTo("a stop without warning, nothing lost");
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
        world.run();
        var afterALittle = engine.ailment();
        append(log, "x".repeat(8 << 10));
        world.run();
        append(log, "refused");
        world.run();

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
        world.run();

        assertThat(answers).containsExactly("1", "2", "draining");
    }

    @Test
    void whatComesWhileItsThreadsStopIsWrittenByWhoeverBringsIt() {
        var log = open();
        world.stopping(true);

        append(log, "a");

        assertThat(answers).containsExactly("1");
    }

    @Test
    void aReadThatNoThreadTakesIsRefused() {
        world.stopping(true);

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
        opening("other");

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
        world.run();

        assertThat(answers).containsExactly("storage-unavailable");
    }

    @Test
    void aChannelThatCouldNotBeReadIsOpenedOnceTheDiskWorks() {
        append(open(), "a");
        world.run();
        var again = world.startedOn(store);
        store.failReads(true);

        again.open(
                new ChannelName("news"),
                EngineWorld.POWER,
                told -> {},
                opened -> answers.add(opened.getClass().getSimpleName()));
        world.run();
        store.failReads(false);
        again.open(
                new ChannelName("news"),
                EngineWorld.POWER,
                told -> {},
                opened -> answers.add(opened.getClass().getSimpleName()));
        world.run();

        assertThat(answers).containsExactly("1", "Failed", "Ready");
    }

    @Test
    void aFailedWriteIsRefusedAsAWholeAndTakenBack() {
        var log = open();
        store.failWrites(true); // which the store keeps all the same

        append(log, draft("a").withKey("k"));
        append(log, draft("b"));
        world.run();
        int kept = store.size(Family.PUBLICATIONS);
        boolean letGo = engine.evict(log);
        store.work();
        engine.sweep();
        world.run();
        int afterwards = store.size(Family.PUBLICATIONS) + store.size(Family.KEYS) + store.size(Family.EXPIRIES);
        append(log, draft("c").withKey("k"));
        world.run();

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
        world.run();
        store.failWrites(true);

        engine.state().update(List.of(put("old", "2"), put("new", "2")), done -> answers.add("" + done));
        world.run();
        for (var place : places) {
            engine.state().get(KeyedState.Kind.MARKERS, place, found -> answers.add(text(found)));
        }
        world.run();

        assertThat(answers).containsExactly("true", "false", "1", "nothing");
    }

    @Test
    void everyWriteIsNumberedAndNoTurnWithoutOneIs() {
        var log = open();
        long began = commit();

        append(log, "a");
        world.run();
        long first = commit();
        engine.sweep();
        world.run();
        append(log, draft("a").ifNewest(new Position(log.epoch(), 7)));
        world.run();
        long nothing = commit();
        append(log, "b");
        world.run();
        var next = world.startedOn(store.afterKill());

        assertThat(first).isEqualTo(began + 1);
        assertThat(nothing).isEqualTo(first);
        assertThat(commit()).isEqualTo(first + 1);
        assertThat(next.found()).isEqualTo("a stop without warning, nothing lost");
    }

    @Test
    void whatAgedInATurnMayBeLetGoOfAfterwards() {
        var log = open();
        append(log, "a");
        world.run();
        world.clock.advance(EngineWorld.POWER.maxAge());

        store.failWrites(false);
        engine.sweep();
        world.run();
        long whileItFails = log.oldest();
        store.work();
        engine.sweep();
        world.run();

        assertThat(whileItFails).isEqualTo(1);
        assertThat(log.oldest()).isEqualTo(2);
        assertThat(engine.evict(log)).isTrue();
    }

    @Test
    void closedChannelsAgeSoManyInASweep() {
        for (int i = 0; i < 300; i++) {
            var log = open("c" + i);
            append(log, "m");
            world.run();
            engine.evict(log);
        }
        world.clock.advance(EngineWorld.POWER.maxAge());

        engine.sweep();
        world.run();
        int left = store.size(Family.PUBLICATIONS);
        engine.sweep();
        world.run();

        assertThat(left).isEqualTo(300 - 256);
        assertThat(store.size(Family.PUBLICATIONS)).isZero();
        assertThat(store.size(Family.CHANNELS)).as("offsets go on").isEqualTo(300);
    }

    @Test
    void aStopIsCleanUnlessAWriteFailed() {
        append(open(), "a");
        world.run();
        engine.close();
        var clean = world.startedOn(store.afterKill());
        var failing = store.afterKill();
        var broken = world.startedOn(failing);
        failing.failWrites(false);
        broken.state().update(List.of(put("k", "1")), done -> answers.add("" + done));
        world.run();
        failing.work();
        broken.close();

        assertThat(clean.found()).isEqualTo("a clean stop");
        assertThat(answers).containsExactly("1", "false");
        assertThat(world.startedOn(failing.afterKill()).found()).startsWith("a stop without warning");
    }

    @Test
    void aStartFindsOutThatThereIsNoRoom() {
        var full = store.afterKill();
        full.usableBytes(0);

        assertThat(world.startedOn(full).ailment()).contains("less than 64KiB of room");
        assertThat(engine.ailment()).isNull();
    }

    /** Begins to open a channel; how that ends is an answer. */
    private void opening(String channel) {
        engine.open(
                new ChannelName(channel),
                EngineWorld.POWER,
                told -> {},
                opened -> answers.add(opened.getClass().getSimpleName()));
    }

    private long commit() {
        return Objects.requireNonNull(store.acknowledged()).commit();
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
        return world.open(channel, EngineWorld.POWER);
    }

    private void append(ChannelLog log, String text) {
        world.append(log, text);
    }

    private void append(ChannelLog log, Draft draft) {
        world.append(log, draft);
    }
}
