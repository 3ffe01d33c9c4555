package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import io.sluice.hub.log.Store.Family;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one turn makes of a channel: what it evicts, what of that it deletes, and how it is taken back. */
final class ChannelStageTest {
    private final SteppedEngine world =
            new SteppedEngine(new HubConfig(), new DiskConfig(DataSize.kib(64), DataSize.mib(1)));
    private final SimulatedStore store = world.store;

    private static NamespaceConfig keeping(int messages, DataSize bytes) {
        return EngineWorld.POWER.keeping(messages, bytes, Duration.ofHours(1));
    }

    @Test
    void whatIsNoLongerHeldIsDeletedTogether() {
        var log = world.open("news", keeping(10, DataSize.mib(1)));
        for (int i = 0; i < 265; i++) {
            world.store(log, 1, "m");
        }

        int before = store.size(Family.PUBLICATIONS);
        world.store(log, 1, "m");
        int afterwards = store.size(Family.PUBLICATIONS);
        world.store(log, 1, "m");

        assertThat(before).isEqualTo(265);
        assertThat(log.oldest()).isEqualTo(258);
        assertThat(afterwards).as("with the one that readers saw until now").isEqualTo(11);
        assertThat(store.size(Family.PUBLICATIONS)).isEqualTo(12);
    }

    @Test
    void whatWeighsMuchIsDeletedSooner() {
        var log = world.open("news", keeping(1, DataSize.mib(1)));
        var sizes = new ArrayList<Integer>();

        for (int i = 0; i < 5; i++) {
            world.store(log, 1, "x".repeat(600 << 10));
            sizes.add(store.size(Family.PUBLICATIONS));
        }

        assertThat(sizes).containsExactly(1, 2, 2, 3, 2);
    }

    @Test
    void moreThanIsKeptMayComeInOneTurn() {
        var log = world.open("news", keeping(5, DataSize.mib(1)));

        world.store(log, 1, "m");
        world.store(log, 20, "m");

        assertThat(log.newest()).isEqualTo(21);
        assertThat(log.oldest()).isEqualTo(17);
    }

    /** However many come in a turn: what is kept is as much of the newest as the limit of bytes has room for. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 50})
    void bytesAreCountedByWhatEachWeighs(int inATurn) {
        long limit = 64 << 10;
        var log = world.open("news", keeping(1_000, new DataSize(limit)));
        var random = new Random(inATurn);
        var weights = new ArrayList<Long>();

        for (int i = 0; i < 200; i++) {
            var text = "x".repeat(random.nextInt(20_000));
            world.append(log, text);
            weights.add(weight(text));
            if (i % inATurn == 0) {
                world.runWriter();
                assertThat(log.oldest()).isEqualTo(oldest(weights, limit));
            }
        }
    }

    private static long weight(String text) {
        return Publication.of(new ChannelName("news"), new Position(1, 1), Instant.EPOCH, EngineWorld.draft(text))
                .weight();
    }

    private static int oldest(List<Long> weights, long limit) {
        int oldest = weights.size();
        long bytes = weights.getLast();
        while (oldest > 1 && bytes + weights.get(oldest - 2) <= limit) {
            oldest--;
            bytes += weights.get(oldest - 1);
        }
        return oldest;
    }

    @Test
    void aChannelWhoseFirstPublicationWasRefusedIsNone() {
        var log = world.open("news", EngineWorld.POWER);

        failOnce(log);

        assertThat(store.size(Family.CHANNELS)).isZero();
        assertThat(store.size(Family.PUBLICATIONS)).isZero();
    }

    @Test
    void aChannelIsAsItWasBeforeARefusal() {
        var log = world.open("news", EngineWorld.POWER);
        world.store(log, 3, "m");

        failOnce(log);
        var next = new SteppedEngine(new HubConfig(), new DiskConfig(), store.afterKill());
        var reopened = next.open("news", EngineWorld.POWER);

        assertThat(store.size(Family.PUBLICATIONS)).isEqualTo(3);
        assertThat(reopened.newest()).isEqualTo(3);
        assertThat(reopened.oldest()).isEqualTo(1);
    }

    /** One write that fails although the store keeps it, and the sweep that takes it back. */
    private void failOnce(ChannelLog log) {
        store.failWrites(true);
        world.store(log, 2, "refused");
        store.work();
        world.sweep();

        assertThat(world.answers).contains("storage-unavailable");
        assertThat(world.engine.ailment()).isNull();
    }
}
