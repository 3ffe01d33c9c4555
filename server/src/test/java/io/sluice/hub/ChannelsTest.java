package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.MemoryLog;
import io.sluice.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who uses a channel while it is being opened. */
final class ChannelsTest {
    private static final ChannelName NEWS = new ChannelName("news");

    private final ManualClock clock = new ManualClock();
    private final HubConfig config = new HubConfig().with(new NamespaceConfig().on("memory", Durability.MEMORY));
    private final SlowlyOpening engine = new SlowlyOpening(new MemoryLog(
            new MemoryLog.Settings(),
            new EngineContext(clock, config, Runnable::run, Runnable::run, new Random(1), () -> "")));
    private final Channels channels =
            new Channels(config, Map.of("memory", engine), 1, clock, ByteBufAllocator.DEFAULT, new HubMetrics());

    @Test
    void whoComesWhileOthersAreToldThatItIsOpenIsToldAfterThem() {
        var told = new ArrayList<String>();
        channels.acquire(NEWS, first -> {
            told.add("first");
            channels.acquire(NEWS, third -> told.add("third"));
        });
        channels.acquire(NEWS, second -> told.add("second"));

        engine.finishOpening();
        channels.acquire(NEWS, fourth -> told.add("fourth"));

        assertThat(told).isEqualTo(List.of("first", "second", "third", "fourth"));
    }

    @Test
    void whoComesWhileItIsLetGoOfOpensItAgainAfterwards() throws Exception {
        var told = new ArrayList<Outcome<HubChannel>>();
        channels.acquire(
                NEWS, outcome -> ((Outcome.Done<HubChannel>) outcome).value().release());
        engine.finishOpening();
        channels.sweep(clock.nanos());
        clock.advance(java.time.Duration.ofMinutes(2));
        var late = new Thread(() -> channels.acquire(NEWS, told::add));
        engine.evicting = () -> {
            late.start();
            while (late.isAlive() && late.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
        };

        channels.sweep(clock.nanos());
        late.join();
        engine.finishOpening();

        assertThat(engine.opened).isEqualTo(2);
        assertThat(told).singleElement().isInstanceOf(Outcome.Done.class);
        assertThat(channels.count()).isEqualTo(1);
    }

    /** The memory engine, whose channels open when the test says so. */
    private static final class SlowlyOpening implements LogEngine {
        private final LogEngine real;
        private @Nullable Runnable opening;
        Runnable evicting = () -> {};
        int opened;
        private boolean open;

        SlowlyOpening(LogEngine real) {
            this.real = real;
        }

        void finishOpening() {
            if (opening != null) {
                opening.run();
            }
        }

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public void open(
                ChannelName channel, NamespaceConfig settings, Consumer<ChannelLog> appended, Consumer<Opened> opened) {
            assertThat(open).as("is opened while it is open").isFalse();
            open = true;
            this.opened++;
            opening = () -> real.open(channel, settings, appended, opened);
        }

        @Override
        public boolean evict(ChannelLog log) {
            evicting.run();
            open = !real.evict(log);
            return !open;
        }

        @Override
        public void sweep() {
            real.sweep();
        }

        @Override
        public @Nullable String ailment() {
            return real.ailment();
        }

        @Override
        public KeyedState state() {
            return real.state();
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
