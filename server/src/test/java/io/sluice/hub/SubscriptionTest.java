package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.sluice.config.DataSize;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.LagPolicy;
import io.sluice.hub.log.SimulatedDisk;
import io.sluice.net.Loop;
import io.sluice.net.Outlet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One reader of one channel: behind, live, gone back, reading from the disk. */
final class SubscriptionTest {
    private static final ChannelName CHANNEL = new ChannelName("room:1");
    private static final NamespaceConfig FOUR = new NamespaceConfig().keeping(4, DataSize.mib(1), Duration.ofHours(1));

    private final SimulatedDisk disk = new SimulatedDisk();
    private HubWorld world = new HubWorld(FOUR);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void whoStallsIsToldWhatWasEvictedBeforeAnythingNewer() {
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        client.writable = false;
        var last = publish(6);
        var subscription = subscription(client);
        var lag = subscription.lag();

        read(client);

        assertThat(lag).isEqualTo(6);
        assertThat(client.gaps).containsExactly(new Gap(CHANNEL, at(last, 1), at(last, 2)));
        assertThat(client.received).containsExactly("room:1 3", "room:1 4", "room:1 5", "room:1 6");
        assertThat(subscription.position()).isEqualTo(last);
        assertThat(subscription.lag()).isZero();
    }

    @Test
    void whereOnlyTheNewestCountsTheRestIsAGap() {
        restart(new HubWorld(FOUR.lagging(LagPolicy.LATEST, 10)));
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        client.writable = false;
        var last = publish(3);

        read(client);
        publish(1);

        assertThat(client.gaps).containsExactly(new Gap(CHANNEL, at(last, 1), at(last, 2)));
        assertThat(client.received).containsExactly("room:1 3", "room:1 4");
    }

    @Test
    void aGapThatIsStillToBeToldLiesAfterTheCursor() {
        var last = publish(6);
        var client = world.connected(HubWorld.user("alice"), 0);
        client.writable = false;

        world.hub.subscribe(client.session(), CHANNEL, new Start.After(at(last, 1)), outcome -> {});
        world.settle();
        var untold = subscription(client).position();
        read(client);

        assertThat(untold).isEqualTo(at(last, 1));
        assertThat(client.gaps).containsExactly(new Gap(CHANNEL, at(last, 2), at(last, 2)));
        assertThat(subscription(client).position()).isEqualTo(last);
    }

    @Test
    void whoGoesBackGetsTheSameAgain() {
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        var last = publish(3);
        client.received.clear();

        subscription(client).backTo(at(last, 1));
        subscription(client).resume();

        assertThat(client.received).containsExactly("room:1 2", "room:1 3");
    }

    @Test
    void whoGoesBackToWhatHasLeftIsToldTheGap() {
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        var last = publish(6);
        client.received.clear();

        subscription(client).backTo(at(last, 0));
        subscription(client).resume();

        assertThat(client.gaps).containsExactly(new Gap(CHANNEL, at(last, 1), at(last, 2)));
        assertThat(client.received).hasSize(4).startsWith("room:1 3");
    }

    @Test
    void nobodyGoesBackToTheFuture() {
        var client = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        var last = publish(1);

        assertThatIllegalStateException()
                .isThrownBy(() -> subscription(client).backTo(at(last, 2)))
                .withMessageContaining("future");
    }

    @Test
    void whatIsNotInMemoryComesFromTheDiskInOrder() {
        onDisk(2);
        var last = publish(40);
        var client = world.connected(HubWorld.user("alice"), 0);

        world.hub.subscribe(client.session(), CHANNEL, new Start.Earliest(), outcome -> {});
        world.settle();
        publish(1);

        assertThat(client.received)
                .isEqualTo(IntStream.rangeClosed(1, 41)
                        .mapToObj(i -> "room:1 " + i)
                        .toList());
        assertThat(client.gaps).isEmpty();
        assertThat(subscription(client).position()).isEqualTo(at(last, 41));
        assertThat(world.hub.metrics().deliveries()).isEqualTo(41);
    }

    @Test
    void moreThanOneReadOfTheDiskGivesComesInOrderToo() {
        onDisk(2);
        var last = publish(300);
        var batches = world.connected(HubWorld.user("alice"), 0);
        var single = world.connected(HubWorld.user("bob"), 1);
        single.single = true;

        for (var client : List.of(batches, single)) {
            world.hub.subscribe(client.session(), CHANNEL, new Start.Earliest(), outcome -> {});
        }
        world.settle();

        assertThat(batches.received)
                .isEqualTo(IntStream.rangeClosed(1, 300)
                        .mapToObj(i -> "room:1 " + i)
                        .toList());
        assertThat(single.received).isEqualTo(batches.received);
        assertThat(single.deliveries).isEqualTo(300);
        assertThat(subscription(batches).position()).isEqualTo(last);
        assertThat(world.hub.metrics().deliveries()).isEqualTo(600);
    }

    @Test
    void whatIsPublishedWhileTheDiskIsReadComesAfterwardsAndOnce() {
        onDisk(2);
        publish(10);
        var client = world.connected(HubWorld.user("alice"), 0);
        world.hub.subscribe(client.session(), CHANNEL, new Start.Earliest(), outcome -> {});
        world.loops.runAll(new java.util.Random(1)); // the read is under way
        var before = List.copyOf(client.received);

        publish(2);

        assertThat(before).isEmpty();
        assertThat(client.received)
                .isEqualTo(IntStream.rangeClosed(1, 12)
                        .mapToObj(i -> "room:1 " + i)
                        .toList());
    }

    @Test
    void whoLeavesWhileTheDiskIsReadGetsNothingMore() {
        onDisk(2);
        publish(10);
        var client = world.connected(HubWorld.user("alice"), 0);
        world.hub.subscribe(client.session(), CHANNEL, new Start.Earliest(), outcome -> {});
        world.loops.runAll(new java.util.Random(1));

        client.session().unsubscribe(CHANNEL);
        world.settle();

        assertThat(client.received).isEmpty();
        assertThat(world.hub.openChannels())
                .singleElement()
                .satisfies(channel -> assertThat(channel.readers()).isZero());
    }

    @Test
    void aReadThatFailsEndsTheSession() {
        onDisk(2);
        publish(300);
        var client = world.connected(HubWorld.user("alice"), 0);
        disk.failReads();

        world.hub.subscribe(client.session(), CHANNEL, new Start.Earliest(), outcome -> {});
        world.settle();

        assertThat(client.ended).isEqualTo(Disconnect.INTERNAL);
        disk.repair();
    }

    @Test
    void nothingIsDeliveredBeforeTheAnswerThatItBegan() {
        publish(2);
        var client = world.connected(HubWorld.user("alice"), 0);

        world.hub.subscribe(client.session(), CHANNEL, new Start.Earliest(), outcome -> client.received.add("begun"));
        world.settle();

        assertThat(client.received).startsWith("begun").hasSize(3);
    }

    @Test
    void whatWaitsLeavesAtOnceUnlessTheReaderWantsThemOneByOne() {
        var batches = world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        var single = world.connected(HubWorld.user("bob"), 0);
        single.single = true;
        world.hub.subscribe(single.session(), CHANNEL, new Start.Latest(), outcome -> {});
        world.settle();
        batches.writable = false;
        single.writable = false;
        publish(3);

        read(batches);
        read(single);

        assertThat(batches.received).containsExactly("room:1 1", "room:1 2", "room:1 3");
        assertThat(batches.deliveries).isEqualTo(1);
        assertThat(single.received).isEqualTo(batches.received);
        assertThat(single.deliveries).isEqualTo(3);
    }

    @Test
    void whoNeedsNothingAroundTheBytesIsServedAtItsOutlet() {
        var outlet = new Written(world.loop(0));
        var client = world.connected(HubWorld.user("alice"), 0);
        client.outlet = outlet;
        world.hub.subscribe(client.session(), CHANNEL, new Start.Latest(), outcome -> {});
        world.settle();

        publish(1);
        outlet.writable = false;
        var last = publish(2);
        var whileItIsFull = outlet.texts.size();
        boolean took = subscription(client).takes();
        outlet.writable = true;
        client.session().resume();

        assertThat(whileItIsFull).isEqualTo(1);
        assertThat(took).isFalse();
        assertThat(outlet.texts).hasSize(2);
        assertThat(outlet.texts.getFirst())
                .contains("\"channel\":\"room:1\"")
                .contains(at(last, 1).toString());
        assertThat(outlet.texts.getLast()).contains(at(last, 2).toString()).contains(last.toString());
        assertThat(client.received).isEmpty();
        assertThat(subscription(client).position()).isEqualTo(last);
        assertThat(world.hub.metrics().deliveries()).isEqualTo(3);
    }

    @Test
    void eachOperationOfASessionHasACursorOfItsOwn() {
        var session = world.hub.connect(world.loop(0), new Operations(), HubWorld.user("alice"), true);
        var first = new HubWorld.Client();
        var second = new HubWorld.Client();
        subscribe(session, first, new Start.Latest());
        publish(1);
        subscribe(session, second, new Start.Earliest());
        boolean again = subscribe(session, second, new Start.Latest()) instanceof Outcome.Done;

        var two = session.subscriptionCount();
        boolean left = session.unsubscribe(first, CHANNEL);
        publish(1);

        assertThat(again).isFalse();
        assertThat(two).isEqualTo(2);
        assertThat(left).isTrue();
        assertThat(session.unsubscribe(first, CHANNEL)).isFalse();
        assertThat(first.received).containsExactly("room:1 1");
        assertThat(second.received).containsExactly("room:1 1", "room:1 2");
        assertThat(session.subscriptions())
                .singleElement()
                .isSameAs(session.subscription(second, CHANNEL))
                .returns(second, Subscription::inbox);
        assertThatIllegalStateException().isThrownBy(() -> session.subscription(CHANNEL));
    }

    private Outcome<Hub.Subscribed> subscribe(Session session, Inbox reader, Start start) {
        return world.ask(then -> world.hub.subscribe(session, reader, CHANNEL, start, then));
    }

    /** A disk whose channels keep {@code tail} publications in memory. */
    private void onDisk(int tail) {
        restart(new HubWorld(new HubConfig().with(new NamespaceConfig()).withTail(tail), disk::start, null));
    }

    private void restart(HubWorld other) {
        world.close();
        world = other;
    }

    private void read(HubWorld.Client client) {
        client.writable = true;
        client.session().resume();
        world.settle();
    }

    private Position publish(int count) {
        for (int i = 1; i < count; i++) {
            world.publish(CHANNEL, "1");
        }
        return world.publish(CHANNEL, "1");
    }

    private static Subscription subscription(HubWorld.Client client) {
        return Objects.requireNonNull(client.session().subscription(CHANNEL));
    }

    private static Position at(Position like, long offset) {
        return new Position(like.epoch(), offset);
    }

    /** The far end of a session whose operations read, each into an inbox of its own. */
    private static final class Operations implements Peer {
        @Override
        public String transport() {
            return "test";
        }

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void drain(Duration wait) {}

        @Override
        public void disconnect(Disconnect why) {}
    }

    /** What was written, as text. */
    private static final class Written implements Outlet {
        final List<String> texts = new ArrayList<>();
        private final Loop loop;
        boolean writable = true;

        Written(Loop loop) {
            this.loop = loop;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public boolean writable() {
            return writable;
        }

        @Override
        public void write(ByteBuf bytes) {
            texts.add(bytes.toString(StandardCharsets.UTF_8));
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
