package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
    /** Without a pool, whose buffers may be somebody else's once they are given back: these stay what they were. */
    private final ByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

    private final Hub hub =
            new Hub(config, loops.loops(), Map.of("memory", engine), clock, random, new HubMetrics(), allocator);

    @BeforeEach
    void begin() {
        clock.advance(Duration.ofSeconds(1));
    }

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

        assertThat(channel().behind()).isEqualTo(1);
        assertThat(channel().lag()).isEqualTo(3);
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
        publish("3");
        loops.runAll(random);

        assertThat(reader.received).containsExactly("1", "2", "3");
    }

    @Test
    void whoLeavesTakesNobodyWithThem() {
        var first = subscribed();
        var second = subscribed();
        var third = subscribed();
        var fourth = subscribed();
        first.leave();
        fourth.leave();

        publish("1");
        loops.runAll(random);

        assertThat(channel().readers()).isEqualTo(2);
        assertThat(second.received).containsExactly("1");
        assertThat(third.received).containsExactly("1");
        assertThat(first.received).isEmpty();
        assertThat(fourth.received).isEmpty();
    }

    @Test
    void whoLeavesInATurnTakesNobodyWithThem() {
        var first = subscribed();
        var second = subscribed();
        var last = subscribed(); // is served before the others
        last.delivered = () -> {
            last.leave();
            second.leave();
        };

        publish("1");
        loops.runAll(random);
        publish("2");
        loops.runAll(random);

        assertThat(first.received).containsExactly("1", "2");
        assertThat(second.received).isEmpty();
        assertThat(last.received).containsExactly("1");
    }

    @Test
    void whoLeavesAtANoticeTakesNobodyWithThem() {
        var first = subscribed();
        var second = subscribed();
        var last = subscribed();
        last.noticed = () -> {
            last.leave();
            second.leave();
        };

        hub.signal(Identity.ANYBODY, CHANNEL, "e", new byte[] {'1'}, refused -> {});
        loops.runAll(random);

        assertThat(first.notices).isEqualTo(1);
        assertThat(second.notices).isZero();
        assertThat(last.notices).isEqualTo(1);
        assertThat(last.lent).singleElement().returns(0, ByteBuf::refCnt);
    }

    @Test
    void whatComesInATurnReachesThoseWhoWereServedBefore() {
        var publishes = subscribed();
        var before = subscribed();
        publishes.delivered = () -> {
            if (publishes.received.isEmpty()) {
                publish("2");
            }
        };

        publish("1");
        loops.runAll(random);

        assertThat(before.received).containsExactly("1", "2");
        assertThat(publishes.received).containsExactly("1", "2");
    }

    @Test
    void howeverManyReadersThereAreEachIsServedAndThoseBehindAreCounted() {
        var readers = IntStream.range(0, 70).mapToObj(i -> subscribed()).toList();
        var stalled = readers.subList(20, 60);
        stalled.forEach(reader -> reader.stalled = true);

        publish("1");
        loops.runAll(random);

        assertThat(readers)
                .allSatisfy(reader -> assertThat(reader.received).isEqualTo(reader.stalled ? List.of() : List.of("1")));
        assertThat(channel().behind()).isEqualTo(40);
        assertThat(channel().lag()).isEqualTo(1);
    }

    @Test
    void aTurnThatHandedNothingOverIsNotTimed() {
        var reader = subscribed();
        reader.stalled = true;
        try (var exported = new Metrics()) {
            hub.metrics().export(exported, hub, List.of());

            publish("1");
            loops.runAll(random);

            assertThat(hub.metrics().fanoutTime()).isNotNull().returns(0L, Timer::count);
        }
    }

    @Test
    void aTurnOfLessThanAFiftiethOfTheWindowHasNoRest() {
        var reader = subscribed();
        reader.takes = WINDOW.dividedBy(50).minusNanos(1);
        publish("1");
        publish("2");
        loops.runAll(random);

        publish("3");
        loops.runAll(random);

        assertThat(reader.received).containsExactly("1", "2", "3");
    }

    @Test
    void aTurnOfAFiftiethOfTheWindowRestsFromItsEnd() {
        var reader = subscribed();
        reader.takes = WINDOW.dividedBy(50);
        publish("1");
        publish("2");
        loops.runAll(random);

        clock.advance(reader.takes.dividedBy(2));
        publish("3");
        loops.runAll(random);
        int early = reader.received.size();
        clock.advance(reader.takes.dividedBy(2));
        loops.runAll(random);

        assertThat(early).isEqualTo(2);
        assertThat(reader.received).containsExactly("1", "2", "3");
    }

    @Test
    void readersAtTheSamePlaceGetTheSameBytes() {
        var batches = subscribed(new PlainWire());
        var single = subscribed(batches.wire, true);
        var alike = subscribed(batches.wire);
        var other = subscribed(new PlainWire());

        publish("1");
        publish("2");
        batches.keeps = true;
        alike.keeps = true;
        loops.runAll(random);
        var again = subscribed(batches.wire);
        publish("3");
        loops.runAll(random);

        assertThat(batches.texts).containsExactly("1\n2\n", "3\n");
        assertThat(alike.texts).isEqualTo(batches.texts);
        assertThat(other.texts).isEqualTo(batches.texts);
        assertThat(single.texts).containsExactly("1\n", "2\n", "3\n");
        assertThat(again.texts).containsExactly("3\n");
        assertThat(alike.lent.getLast()).isSameAs(batches.lent.getLast());
        batches.lent.forEach(ByteBuf::release);
        alike.lent.forEach(ByteBuf::release);
    }

    @Test
    void aFullBatchIsSharedThoughMoreIsPending() {
        var large = "x".repeat(40 << 10);
        var first = subscribed();
        var second = subscribed();
        for (var reader : List.of(first, second)) {
            reader.keeps = true;
            reader.delivered = () -> reader.stalled = true; // as a socket that is full
        }

        publish(large);
        publish(large);
        publish(large);
        loops.runAll(random);

        assertThat(first.batches).containsExactly("1-2");
        assertThat(second.batches).containsExactly("1-2");
        assertThat(second.lent.getFirst()).isSameAs(first.lent.getFirst());
        first.lent.getFirst().release();
        second.lent.getFirst().release();
        assertThat(first.lent.getFirst().refCnt()).as("nobody keeps a batch").isZero();
    }

    @Test
    void whatFillsABatchAloneLeavesAlone() {
        var reader = subscribed();

        publish("x".repeat(64 << 10));
        publish("1");
        publish("2");
        loops.runAll(random);

        assertThat(reader.batches).containsExactly("1-1", "2-3");
    }

    @Test
    void nobodyKeepsABatchWhenTheNextIsMade() {
        var reader = subscribed();

        for (int i = 0; i < 5; i++) {
            publish("x".repeat(40 << 10));
        }
        loops.runAll(random);

        assertThat(reader.batches).containsExactly("1-2", "3-4", "5-5");
        assertThat(reader.lent.stream().map(ByteBuf::refCnt))
                .as("only a publication keeps its own")
                .containsExactly(0, 0, 1);
    }

    @Test
    void ofWhatWasReadElsewhereAsMuchIsTakenAsABatchHolds() {
        var wire = new PlainWire();
        subscribed();
        var readers = channel().fanOut().on(loops.loops().getFirst());
        var read = IntStream.rangeClosed(1, 3)
                .mapToObj(offset -> publication(offset, "x".repeat(40 << 10)))
                .toList();

        long batch = readers.encode(wire, read, false);
        var batched = readers.bytes(wire);
        int bytes = batched.readableBytes();
        long single = readers.encode(wire, read, true);
        var alone = readers.bytes(wire);
        readers.endTurn();

        assertThat(batch).isEqualTo(2);
        assertThat(bytes).isEqualTo(2 * ((40 << 10) + 1));
        assertThat(batched.refCnt()).isZero();
        assertThat(single).isEqualTo(1);
        assertThat(alone.refCnt()).as("what the publication keeps").isEqualTo(1);
        read.forEach(Publication::release);
        assertThat(alone.refCnt()).isZero();
        assertThatIllegalStateException().isThrownBy(() -> readers.bytes(wire));
    }

    private HubChannel channel() {
        return hub.openChannels().iterator().next();
    }

    private TakingInbox subscribed() {
        return subscribed(WebSocketJsonWire.INSTANCE);
    }

    private TakingInbox subscribed(Wire wire) {
        return subscribed(wire, false);
    }

    private TakingInbox subscribed(Wire wire, boolean oneByOne) {
        var peer = new TakingInbox(clock, wire, oneByOne);
        var session = hub.connect(loops.loops().getFirst(), peer, Identity.ANYBODY, true);
        peer.session = session;
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

    private static Publication publication(int offset, String text) {
        return Publication.of(
                CHANNEL,
                new Position(1, offset),
                Instant.EPOCH,
                Draft.of(Payload.json(text.getBytes(StandardCharsets.US_ASCII))));
    }
}
