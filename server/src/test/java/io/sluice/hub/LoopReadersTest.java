package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.auth.Identity;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.MemoryLog;
import io.sluice.hub.wire.WebSocketJsonWire;
import io.sluice.observe.Metrics;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The turns in which the readers of a channel are served. */
final class LoopReadersTest {
    private static final ChannelName CHANNEL = new ChannelName("room:1");
    private static final Duration WINDOW = Duration.ofMillis(5);

    private final ManualClock clock = new ManualClock();
    private final Random random = new Random(1);
    private final SimulatedLoops loops = new SimulatedLoops(1, clock);
    private final HubConfig config = new HubConfig()
            .with(new NamespaceConfig().on("memory", Durability.MEMORY))
            .waiting(Duration.ofSeconds(5), WINDOW);
    private final LogEngine engine = new MemoryLog(
            new MemoryLog.Settings(),
            new EngineContext(clock, config, Runnable::run, Runnable::run, random, () -> "boot"));
    private final Hub hub = new Hub(
            config, loops.loops(), Map.of("memory", engine), clock, random, new HubMetrics(), ByteBufAllocator.DEFAULT);

    @AfterEach
    void close() {
        hub.sessions().all().forEach(Session::close);
        engine.close();
    }

    @Test
    void aReaderThatFailsInATurnLosesItsSessionAndTheOthersAreServedInThisTurnAndTheNext() {
        var first = subscribed();
        var broken = subscribed();
        var last = subscribed();
        broken.fails = true;

        publish("1");
        loops.runAll(random);
        publish("2");
        loops.runAll(random);

        assertThat(broken.ended).isEqualTo(Disconnect.INTERNAL);
        assertThat(broken.received).isEmpty();
        assertThat(first.received).containsExactly("1", "2");
        assertThat(last.received).containsExactly("1", "2");
    }

    @Test
    void measuresHowLongReadersWaitedForWhatIsThere() {
        var reader = subscribed();
        try (var exported = new Metrics()) {
            hub.metrics().export(exported, hub, List.of());
            reader.takes = Duration.ofMillis(2);

            publish("1");
            clock.advance(Duration.ofMillis(3));
            loops.runAll(random);

            var waited = Objects.requireNonNull(hub.metrics().fanoutTime());
            assertThat(waited.count()).isEqualTo(1);
            assertThat(waited.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(5);
        }
    }

    @Test
    void countsHowFarReadersThatTakeNothingAreBehind() {
        var reader = subscribed();
        reader.stalled = true;

        publish("1");
        loops.runAll(random);
        publish("2");
        loops.runAll(random);
        publish("3");
        loops.runAll(random);

        var channel = hub.openChannels().iterator().next();
        assertThat(channel.behind()).isEqualTo(1);
        assertThat(channel.lag()).isEqualTo(3);
    }

    @Test
    void aTurnThatFoundSeveralPublicationsRestsForAsLongAsItTook() {
        var reader = subscribed();
        reader.takes = Duration.ofMillis(2);
        publish("1");
        publish("2");
        loops.runAll(random);

        publish("3");
        loops.runAll(random);
        var beforeTheRestIsOver = List.copyOf(reader.received);
        clock.advance(Duration.ofMillis(2));
        loops.runAll(random);

        assertThat(beforeTheRestIsOver).containsExactly("1", "2");
        assertThat(reader.received).containsExactly("1", "2", "3");
    }

    @Test
    void aLongTurnRestsForTheWindowAtMost() {
        var reader = subscribed();
        reader.takes = Duration.ofMillis(50);
        publish("1");
        publish("2");
        loops.runAll(random);

        publish("3");
        clock.advance(WINDOW);
        loops.runAll(random);

        assertThat(reader.received).containsExactly("1", "2", "3");
    }

    @Test
    void whoeverIsServedOneByOneIsNeverDelayed() {
        var reader = subscribed();
        reader.takes = Duration.ofMillis(50);
        publish("1");
        loops.runAll(random);

        publish("2");
        loops.runAll(random);

        assertThat(reader.received).containsExactly("1", "2");
    }

    private Peer subscribed() {
        var peer = new Peer();
        var session = hub.connect(loops.loops().getFirst(), peer, Identity.ANYBODY, false);
        hub.subscribe(
                session,
                CHANNEL,
                new Start.Latest(),
                outcome -> assertThat(outcome).isInstanceOf(Outcome.Done.class));
        loops.runAll(random);
        return peer;
    }

    private void publish(String data) {
        hub.publish(
                Identity.ANYBODY,
                CHANNEL,
                Draft.of(Payload.json(data.getBytes(StandardCharsets.US_ASCII))),
                appended -> assertThat(appended).isInstanceOf(Appended.Stored.class));
    }

    /** A client whose every delivery takes time, fails, or has to wait. */
    private final class Peer implements Inbox {
        final List<String> received = new ArrayList<>();
        Duration takes = Duration.ZERO;
        boolean fails;
        boolean stalled;

        @Nullable
        Disconnect ended;

        @Override
        public String transport() {
            return "test";
        }

        @Override
        public Wire wire() {
            return WebSocketJsonWire.INSTANCE;
        }

        @Override
        public boolean writable() {
            return ended == null && !stalled;
        }

        @Override
        public void deliver(Subscription subscription, ByteBuf encoded, long first, long last) {
            if (fails) {
                throw new IllegalStateException("as a bug would");
            }
            clock.advance(takes);
            for (long offset = first; offset <= last; offset++) {
                received.add(Long.toString(offset));
            }
        }

        @Override
        public void gap(Subscription subscription, Gap gap) {}

        @Override
        public void notice(ByteBuf encoded) {}

        @Override
        public void drain(Duration wait) {}

        @Override
        public void disconnect(Disconnect why) {
            ended = why;
        }
    }
}
