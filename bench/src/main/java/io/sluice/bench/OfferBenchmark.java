package io.sluice.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.sluice.auth.Identity;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Disconnect;
import io.sluice.hub.Draft;
import io.sluice.hub.Gap;
import io.sluice.hub.Hub;
import io.sluice.hub.HubMetrics;
import io.sluice.hub.Inbox;
import io.sluice.hub.Start;
import io.sluice.hub.Subscription;
import io.sluice.hub.Wire;
import io.sluice.hub.wire.WebSocketJsonWire;
import io.sluice.net.Clock;
import io.sluice.net.Loop;
import io.sluice.net.Outlet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One publish to 1,000 subscriptions, up to the outlet: the hub's own share of a delivery, without the socket. With
 * {@code -prof gc}, bytes per operation are bytes per delivery.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class OfferBenchmark {
    private static final int SUBSCRIBERS = 1000;

    private final ChannelName channel = new ChannelName("bench");
    private final BenchLoop loop = new BenchLoop();
    private final Draft draft = BenchEngine.draft();
    private final CountingOutlet outlet = new CountingOutlet(loop);
    private final CountingInbox inbox = new CountingInbox(outlet);
    private BenchEngine engine;
    private Hub hub;

    @Setup
    public void subscribe() {
        engine = new BenchEngine("memory", Durability.MEMORY, Path.of("unused"));
        hub = new Hub(
                engine.config,
                List.of(loop),
                Map.of("memory", engine.engine),
                Clock.SYSTEM,
                new Random(1),
                new HubMetrics(),
                PooledByteBufAllocator.DEFAULT);
        for (int i = 0; i < SUBSCRIBERS; i++) {
            var session = hub.connect(loop, inbox, Identity.ANYBODY, true);
            hub.subscribe(session, channel, new Start.Latest(), outcome -> {});
        }
        loop.run();
    }

    @TearDown
    public void stop() {
        engine.close();
    }

    @Benchmark
    @OperationsPerInvocation(SUBSCRIBERS)
    public long publishToAll() {
        hub.publish(Identity.ANYBODY, channel, draft, appended -> {});
        loop.run();
        return outlet.bytes;
    }

    /** A WebSocket's, as the hub sees it. */
    private record CountingInbox(Outlet outlet) implements Inbox {
        @Override
        public String transport() {
            return "bench";
        }

        @Override
        public Wire wire() {
            return WebSocketJsonWire.INSTANCE;
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void deliver(Subscription subscription, ByteBuf encoded, long first, long last) {
            outlet.write(encoded);
        }

        @Override
        public void gap(Subscription subscription, Gap gap) {
            throw new IllegalStateException(gap.toString());
        }

        @Override
        public void notice(ByteBuf encoded) {
            outlet.write(encoded);
        }

        @Override
        public void drain(Duration wait) {}

        @Override
        public void disconnect(Disconnect why) {
            throw new IllegalStateException(why.toString());
        }
    }

    /** Takes everything. */
    private static final class CountingOutlet implements Outlet {
        private final Loop loop;
        long bytes;

        CountingOutlet(Loop loop) {
            this.loop = loop;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void write(ByteBuf encoded) {
            bytes += encoded.readableBytes();
        }

        @Override
        public void onWritable(Runnable action) {}

        @Override
        public void onClose(Runnable action) {}

        @Override
        public void close() {}

        @Override
        public boolean isClosed() {
            return false;
        }
    }
}
