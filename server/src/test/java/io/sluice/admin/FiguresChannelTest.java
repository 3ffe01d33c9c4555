package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.auth.Identity;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Hub;
import io.sluice.hub.HubMetrics;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Outcome;
import io.sluice.hub.Position;
import io.sluice.hub.Waiting;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.MemoryLog;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nobody looks: nothing is gathered and nothing published. */
final class FiguresChannelTest {
    private static final ChannelName NAME = new ChannelName("figures");

    private final ManualClock clock = new ManualClock();
    private final Random random = new Random(1);
    private final SimulatedLoops loops = new SimulatedLoops(1, clock);
    private final LogEngine engine = new MemoryLog(
            new MemoryLog.Settings(),
            new EngineContext(clock, FiguresChannel.settings(), Runnable::run, Runnable::run, random, () -> "boot"));
    private final Hub hub = new Hub(
            FiguresChannel.settings(),
            loops.loops(),
            Map.of("memory", engine),
            clock,
            random,
            new HubMetrics(),
            ByteBufAllocator.DEFAULT);
    private final AtomicInteger gathered = new AtomicInteger();
    private final FiguresChannel channel = new FiguresChannel(hub, () -> {
        gathered.incrementAndGet();
        return figures();
    });

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void gathersNothingWhileNobodyReads() {
        channel.tell();
        channel.tell();

        assertThat(gathered).hasValue(0);
    }

    @Test
    void tellsWhileSomebodyReadsAndStopsWhenTheyHaveGone() {
        var reader = new AtomicReference<Waiting>();
        hub.await(Identity.ANYBODY, NAME, newest(), loops.loops().getFirst(), () -> {}, waiting -> {
            if (waiting instanceof Outcome.Done<Waiting>(var begun)) {
                reader.set(begun);
            }
        });
        loops.runAll(random);

        channel.tell();
        reader.get().cancel();
        channel.tell();

        assertThat(gathered).hasValue(1);
    }

    private Position newest() {
        var newest = new AtomicReference<Position>();
        hub.summary(Identity.ANYBODY, NAME, loops.loops().getFirst(), outcome -> {
            if (outcome instanceof Outcome.Done<Hub.Summary>(var summary)) {
                newest.set(summary.newest());
            }
        });
        loops.runAll(random);
        return newest.get();
    }

    private static Figures figures() {
        var nothing = new Figures.Latency(List.of(), List.of(), 0);
        return new Figures(
                new Figures.Server("1", Instant.EPOCH, false, 0, 1, 0, 1),
                Map.of(),
                0,
                0,
                0,
                0,
                new Figures.Counted(0, 0, 0, 0, 0, 0),
                Map.of(),
                Map.of(),
                nothing,
                nothing,
                List.of());
    }
}
