package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.auth.Identity;
import io.sluice.config.DataSize;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.config.NamespaceConfig.LagPolicy;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.MemoryLog;
import io.sluice.hub.wire.WebSocketJsonWire;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Publishers, readers that come, stall, leave and come back with their cursor, and eviction, in one thread under a seeded
 * scheduler: for every reader, what it got and what it was told is missing must be the channel's order without a hole.
 */
final class SeamSimulationTest {
    private static final int SEEDS = Integer.getInteger("sluice.seam.seeds", 400);
    private static final ChannelName CHANNEL = new ChannelName("room:1");

    @ParameterizedTest
    @EnumSource(
            value = LagPolicy.class,
            names = {"CATCH_UP", "LATEST"})
    void everyReaderSeesTheChannelsOrderWithoutAnUntoldHole(LagPolicy policy) {
        long base = Long.getLong("sluice.seam.seed", 1L);
        for (long seed = base; seed < base + SEEDS; seed++) {
            new Run(seed, policy).play();
        }
    }

    private static final class Run {
        private final long seed;
        private final Random random;
        private final ManualClock clock = new ManualClock();
        private final SimulatedLoops loops = new SimulatedLoops(2, clock);
        private final Hub hub;
        private final LogEngine engine;
        private final List<Client> clients = new ArrayList<>();
        private long published;

        Run(long seed, LagPolicy policy) {
            this.seed = seed;
            this.random = new Random(seed);
            int keeps = 3 + random.nextInt(40);
            var settings = new NamespaceConfig()
                    .on("memory", Durability.MEMORY)
                    .keeping(keeps, DataSize.mib(1), Duration.ofHours(1))
                    .lagging(policy, 1000);
            var config = new HubConfig()
                    .with(settings)
                    .withTail(16)
                    .waiting(Duration.ofSeconds(5), Duration.ofMillis(random.nextInt(6)));
            engine = new MemoryLog(
                    new MemoryLog.Settings(),
                    new EngineContext(clock, config, Runnable::run, Runnable::run, new Random(seed), () -> "boot"));
            hub = new Hub(
                    config,
                    loops.loops(),
                    Map.of("memory", engine),
                    clock,
                    new Random(seed),
                    new HubMetrics(),
                    ByteBufAllocator.DEFAULT);
        }

        void play() {
            for (int i = 0; i < 4; i++) {
                clients.add(new Client(i));
            }
            for (int step = 0; step < 250; step++) {
                step();
            }
            clients.forEach(client -> client.stalled = false);
            clients.forEach(Client::connectIfGone);
            loops.runAll(random);
            clients.forEach(client -> client.resumed());
            clock.advance(Duration.ofSeconds(1));
            loops.runAll(random);
            clients.forEach(client -> assertThat(client.expected)
                    .as("seed %d: client %d has everything", seed, client.number)
                    .isEqualTo(published + 1));
            clients.forEach(client -> client.disconnect());
            engine.close();
        }

        private void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> publish();
                case 3 -> clients.get(random.nextInt(clients.size())).stall(true);
                case 4 -> clients.get(random.nextInt(clients.size())).stall(false);
                case 5 -> clients.get(random.nextInt(clients.size())).disconnect();
                case 6 -> clients.get(random.nextInt(clients.size())).connectIfGone();
                case 7 -> clock.advance(Duration.ofMillis(random.nextInt(4)));
                default -> loops.runOne(random);
            }
        }

        private void publish() {
            published++;
            var data = Payload.json(Long.toString(published).getBytes(StandardCharsets.US_ASCII));
            hub.publish(
                    Identity.ANYBODY,
                    CHANNEL,
                    Draft.of(data),
                    appended -> assertThat(appended).isInstanceOf(Appended.Stored.class));
        }

        /** A client that keeps its cursor over all its sessions, and checks every delivery against it. */
        private final class Client implements Inbox {
            final int number;
            boolean stalled;
            long expected = 1;
            private String cursor = "earliest";
            private @Nullable Session session;
            private int room;

            Client(int number) {
                this.number = number;
            }

            void connectIfGone() {
                if (session != null) {
                    return;
                }
                var loop = loops.loops().get(number % 2);
                room = random.nextInt(8);
                session = hub.connect(loop, this, Identity.ANYBODY, false);
                var mine = session;
                loop.execute(() -> {
                    if (mine.isClosed()) {
                        return;
                    }
                    var starts = ((Outcome.Done<List<Start>>) Cursor.parse(cursor, List.of(CHANNEL))).value();
                    hub.subscribe(mine, CHANNEL, starts.getFirst(), outcome -> {
                        var begun = ((Outcome.Done<Hub.Subscribed>) outcome).value();
                        if (cursor.equals("earliest")) {
                            expected = begun.position().offset() + 1;
                        } else if (begun.recovered()) {
                            assertThat(begun.position()).hasToString(cursor);
                        }
                        if (begun.recovered()) {
                            cursor = begun.position().toString();
                        }
                    });
                });
            }

            void disconnect() {
                if (session != null) {
                    var mine = session;
                    session = null;
                    mine.close();
                }
            }

            void stall(boolean on) {
                stalled = on;
                if (!on) {
                    resumed();
                }
            }

            void resumed() {
                room = 1 + random.nextInt(8);
                if (session != null && !session.isClosed()) {
                    var mine = session;
                    mine.loop().execute(() -> {
                        for (int i = 0; i < 100 && !mine.isClosed() && !stalled; i++) {
                            room = 8;
                            mine.resume();
                        }
                    });
                }
            }

            @Override
            public String transport() {
                return "simulated";
            }

            @Override
            public Wire wire() {
                return WebSocketJsonWire.INSTANCE;
            }

            @Override
            public boolean writable() {
                return !stalled && room > 0;
            }

            @Override
            public void deliver(Subscription subscription, ByteBuf encoded, long first, long last) {
                room--;
                assertThat(first).as("seed %d: client %d", seed, number).isEqualTo(expected);
                var text = encoded.toString(StandardCharsets.UTF_8);
                for (long offset = first; offset <= last; offset++) {
                    assertThat(text).as("seed %d", seed).contains("\"data\":" + offset + "}");
                }
                expected = last + 1;
                cursor = subscription.position().toString();
            }

            @Override
            public void gap(Subscription subscription, Gap gap) {
                assertThat(gap.from().offset())
                        .as("seed %d: client %d", seed, number)
                        .isEqualTo(expected);
                assertThat(gap.to().offset()).isGreaterThanOrEqualTo(gap.from().offset());
                expected = gap.to().offset() + 1;
                cursor = subscription.position().toString();
            }

            @Override
            public void notice(ByteBuf encoded) {}

            @Override
            public void drain(Duration wait) {}

            @Override
            public void disconnect(Disconnect why) {}
        }
    }
}
