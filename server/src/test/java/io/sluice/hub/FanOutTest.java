package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.LagPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One channel's readers on several loops. */
final class FanOutTest {
    private static final ChannelName CHANNEL = new ChannelName("room:1");

    private final HubWorld world = new HubWorld(new NamespaceConfig().lagging(LagPolicy.CLOSE, 3));

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void everyReaderOnEveryLoopGetsEverything() {
        var first = world.subscribed(HubWorld.user("a"), 0, CHANNEL);
        var second = world.subscribed(HubWorld.user("b"), 1, CHANNEL);
        var third = world.subscribed(HubWorld.user("c"), 1, CHANNEL);

        world.publish(CHANNEL, "1");
        world.publish(CHANNEL, "2");

        assertThat(first.received).containsExactly("room:1 1", "room:1 2");
        assertThat(second.received).isEqualTo(first.received);
        assertThat(third.received).isEqualTo(first.received);
        assertThat(channel().readers()).isEqualTo(3);
    }

    @Test
    void countsWhoIsBehindWithoutServingThem() {
        var reader = world.subscribed(HubWorld.user("a"), 0, CHANNEL);
        var slow = world.subscribed(HubWorld.user("b"), 0, CHANNEL);
        var slowElsewhere = world.subscribed(HubWorld.user("c"), 1, CHANNEL);
        slow.writable = false;
        slowElsewhere.writable = false;

        world.publish(CHANNEL, "1");

        assertThat(reader.received).hasSize(1);
        assertThat(slow.received).isEmpty();
        assertThat(channel().fanOut().behind()).isEqualTo(2);
    }

    @Test
    void whoIsTooFarBehindIsCutWhereTheNamespaceSaysSo() {
        var slow = world.subscribed(HubWorld.user("a"), 0, CHANNEL);
        slow.writable = false;

        for (int i = 0; i < 3; i++) {
            world.publish(CHANNEL, "1");
        }
        var atTheLimit = slow.ended;
        world.publish(CHANNEL, "1");

        assertThat(atTheLimit).isNull();
        assertThat(slow.ended).isEqualTo(Disconnect.TOO_SLOW);
    }

    @Test
    void aNoticeGoesToAllOnEveryLoopWhoWantAny() {
        var here = world.subscribed(HubWorld.user("a"), 0, CHANNEL);
        var there = world.subscribed(HubWorld.user("b"), 1, CHANNEL);
        var silent = new HubWorld.Client();
        var wantsNone = world.hub.connect(world.loop(0), silent, HubWorld.user("d"), false);
        world.hub.subscribe(wantsNone, silent, CHANNEL, new Start.Latest(), outcome -> {});
        world.settle();
        here.notices.clear();
        there.notices.clear();

        channel().fanOut().notice(new Notice.Presence(CHANNEL, true, "c"));
        world.settle();

        var join = "{\"type\":\"presence\",\"channel\":\"room:1\",\"event\":\"join\",\"user\":\"c\"}";
        assertThat(here.notices).containsExactly(join);
        assertThat(there.notices).containsExactly(join);
        assertThat(silent.notices).isEmpty();
    }

    private HubChannel channel() {
        return world.hub.openChannels().iterator().next();
    }
}
