package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelLog.Batch;
import io.sluice.hub.Draft;
import io.sluice.hub.PlainWire;
import io.sluice.hub.Publication;
import io.sluice.hub.log.Store.Family;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** When a channel is let go of, what it gives back, and when what has left it leaves the disk. */
final class DiskChannelLogTest {
    private final SteppedEngine world =
            new SteppedEngine(new HubConfig().withTail(10), new DiskConfig(new DataSize(0), DataSize.mib(1)));

    @Test
    void isNotLetGoOfWhileAnAppendIsUnderWay() {
        var log = world.open("news", DISK);
        world.append(log, "m");

        boolean underWay = world.engine.evict(log);
        world.run();
        boolean idle = world.engine.evict(log);
        boolean twice = world.engine.evict(log);
        world.append(log, "too late");
        world.run();

        assertThat(underWay).isFalse();
        assertThat(idle).isTrue();
        assertThat(twice).isFalse();
        assertThat(world.answers).containsExactly("1", "overloaded");
        assertThat(world.open("news", DISK).newest()).isEqualTo(1);
    }

    @Test
    void isOpenedAgainForTheCostOfWhatItsTailHolds() {
        var many = world.open("many", DISK);
        world.store(many, 300, "m");
        var large = world.open("large", DISK);
        int names = 96 + Draft.DEFAULT_EVENT.length();
        world.store(large, 8, "x".repeat((256 << 10) - names)); // four are a mebibyte, which a tail may have
        world.engine.evict(many);
        world.engine.evict(large);
        int before = world.store.visits.get();

        var manyAgain = world.open("many", DISK);
        int forMany = world.store.visits.get() - before;
        var largeAgain = world.open("large", DISK);

        assertThat(forMany).isEqualTo(10);
        assertThat(manyAgain.peek(290)).isNull();
        assertThat(manyAgain.peek(291)).isNotNull();
        assertThat(world.store.visits.get() - before - forMany).isEqualTo(4);
        assertThat(largeAgain.peek(4)).isNull();
        assertThat(largeAgain.peek(5)).isNotNull();
    }

    @Test
    void givesItsEncodingsBackWhenItIsLetGoOf() {
        var log = world.open("news", DISK);
        world.store(log, 3, "m");
        var encoded = encoded(hot(log, 2));

        world.engine.evict(log);

        assertThat(encoded.refCnt()).isZero();
    }

    @Test
    void givesTheEncodingsBackOfWhatAges() {
        var log = world.open("news", DISK);
        world.store(log, 3, "m");
        world.clock.advance(DISK.maxAge().minusSeconds(1));
        world.store(log, 1, "m");
        var old = encoded(hot(log, 3));
        var young = encoded(hot(log, 4));

        world.clock.advance(DISK.maxAge().minus(DISK.maxAge().minusSeconds(1)));
        world.sweep();

        assertThat(log.oldest()).isEqualTo(4);
        assertThat(log.peek(3)).isNull();
        assertThat(old.refCnt()).isZero();
        assertThat(young.refCnt()).isEqualTo(1);
        world.engine.close();
    }

    @Test
    void closingTheEngineGivesAllEncodingsBack() {
        var log = world.open("news", DISK);
        world.store(log, 100, "m");
        var batches = world.reading(log, 0, 1, 1_000);
        world.run();
        var hot = encoded(hot(log, 100));
        var cold = encoded(((Batch.Found) batches.getFirst()).publications().getFirst());
        boolean keptBefore = hot.refCnt() == 1 && cold.refCnt() == 1;

        world.engine.close();

        assertThat(keptBefore).isTrue();
        assertThat(hot.refCnt()).isZero();
        assertThat(cold.refCnt()).isZero();
    }

    @Test
    void soManyThatHaveLeftAreDeletedTogether() {
        var log = world.open("news", DISK.keeping(100, DataSize.mib(16), DISK.maxAge()));
        world.store(log, 101, "m");

        for (int round = 1; round <= 3; round++) {
            world.store(log, 255, "m");
            int before = world.store.size(Family.PUBLICATIONS);
            world.store(log, 1, "m");

            assertThat(before).as("round %s", round).isEqualTo(100 + 256);
            assertThat(world.store.size(Family.PUBLICATIONS)).isEqualTo(100 + 1);
        }
    }

    private static Publication hot(ChannelLog log, long offset) {
        return Objects.requireNonNull(log.peek(offset));
    }

    /** The encoding that {@code publication} keeps from now on. */
    private static ByteBuf encoded(Publication publication) {
        var encoded = publication.encoded(new PlainWire(), UnpooledByteBufAllocator.DEFAULT);
        encoded.release(); // the reader's
        return encoded;
    }
}
