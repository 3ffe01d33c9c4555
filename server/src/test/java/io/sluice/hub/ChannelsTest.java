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

    /** The memory engine, whose channels open when the test says so. */
    private static final class SlowlyOpening implements LogEngine {
        private final LogEngine real;
        private @Nullable Runnable opening;

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
            opening = () -> real.open(channel, settings, appended, opened);
        }

        @Override
        public boolean evict(ChannelLog log) {
            return real.evict(log);
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
