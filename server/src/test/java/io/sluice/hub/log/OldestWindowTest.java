package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.hub.Draft;
import io.sluice.hub.log.Store.Family;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Eviction of publications that only the disk has: by their own weight and time, at the cost of few reads. */
final class OldestWindowTest {
    private static final Duration AGE = Duration.ofMinutes(10);
    private static final NamespaceConfig AGEING = DISK.keeping(10_000, DataSize.mib(16), AGE);

    private final SteppedEngine world =
            new SteppedEngine(new HubConfig().withTail(1), new DiskConfig(new DataSize(0), DataSize.mib(1)));

    @Test
    void whatLeavesTakesItsOwnWeightWithIt() {
        var log = world.open("news", DISK.keeping(10_000, DataSize.kib(64), DISK.maxAge()));
        var random = new Random(1);
        var held = new ArrayDeque<Integer>();
        long bytes = 0;

        for (int i = 0; i < 1_000; i++) {
            var text = "x".repeat(random.nextInt(400));
            world.store(log, 1, text);
            held.add(96 + text.length() + Draft.DEFAULT_EVENT.length());
            bytes += held.getLast();
            while (bytes > DataSize.kib(64).bytes()) {
                bytes -= held.remove();
            }

            assertThat(log.newest() + 1 - log.oldest()).isEqualTo(held.size());
        }
    }

    @Test
    void whatIsTooOldLeavesAndNothingElse() {
        var log = world.open("news", AGEING);
        for (int i = 0; i < 10; i++) {
            world.store(log, 50, "m");
            world.clock.advance(Duration.ofMinutes(1));
        }

        world.sweep();
        long now = log.oldest();
        world.clock.advance(Duration.ofMinutes(4).minusMillis(1));
        world.sweep();
        long almost = log.oldest();
        world.clock.advance(Duration.ofMillis(1));
        world.sweep();

        assertThat(now).isEqualTo(51);
        assertThat(almost).isEqualTo(201);
        assertThat(log.oldest()).isEqualTo(251);
    }

    @Test
    void everythingMayLeaveAndOneReadTellsOfMany() {
        var log = world.open("news", AGEING);
        world.store(log, 300, "m");
        world.clock.advance(AGE);
        int before = world.store.scans.get();

        world.sweep();

        assertThat(log.oldest()).isEqualTo(301);
        assertThat(world.store.scans.get() - before)
                .as("1 to 128, to 256 and to 299; 300 is in memory")
                .isEqualTo(3);
    }

    @Test
    void oneReadServesTheEvictionsOfManyTurns() {
        var log = world.open("news", DISK.keeping(200, DataSize.mib(16), DISK.maxAge()));
        world.store(log, 200, "m");
        int before = world.store.scans.get();

        for (int i = 0; i < OldestWindow.SPAN; i++) {
            world.store(log, 1, "m");
        }
        int scans = world.store.scans.get() - before;
        world.store(log, 1, "m");

        assertThat(scans).isEqualTo(1);
        assertThat(world.store.scans.get() - before).isEqualTo(2);
        assertThat(log.oldest()).isEqualTo(130);
    }

    @Test
    void whatIsMissingWeighsNothingAndIsOld() {
        var log = (DiskChannelLog) world.open("news", AGEING);
        world.store(log, 10, "m");
        var lost = new StoreBatch();
        lost.delete(Family.PUBLICATIONS, StoreKeys.publication(log.key(), 1));
        lost.delete(Family.PUBLICATIONS, StoreKeys.publication(log.key(), 9));
        world.store.write(lost, true);

        world.sweep();
        long whileYoung = log.oldest();
        world.clock.advance(AGE);
        world.sweep();

        assertThat(whileYoung).isEqualTo(2);
        assertThat(log.oldest()).isEqualTo(11);
        assertThat(world.engine.ailment()).isNull();
    }

    @Test
    void coversItsSpanOrWhatThereIs() {
        var log = (DiskChannelLog) world.open("news", DISK);
        world.store(log, 200, "m");

        var full = OldestWindow.load(world.store, log, 10, 200);
        var rest = OldestWindow.load(world.store, log, 190, 200);

        assertThat(full.covers(9)).isFalse();
        assertThat(full.covers(10)).isTrue();
        assertThat(full.covers(137)).isTrue();
        assertThat(full.covers(138)).isFalse();
        assertThat(rest.covers(200)).isTrue();
        assertThat(rest.covers(201)).isFalse();
        assertThat(rest.at(200))
                .isEqualTo(new OldestWindow.Entry(
                        96 + 1 + Draft.DEFAULT_EVENT.length(), world.clock.now().toEpochMilli()));
    }
}
