package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.auth.Verb;
import io.sluice.config.DataSize;
import io.sluice.config.NamespaceConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads of a channel that holds four publications: pages, history, gaps, waits. */
final class HubReadTest {
    private static final ChannelName CHANNEL = new ChannelName("room:1");

    private final HubWorld world = new HubWorld(new NamespaceConfig().keeping(4, DataSize.mib(1), Duration.ofHours(1)));

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void withoutACursorTheNewestAreReadOldestFirst() {
        var last = publish(6);

        var page = page(null, null, 3);

        assertThat(offsets(page)).containsExactly(4L, 5L, 6L);
        assertThat(page.position()).isEqualTo(last);
        assertThat(page.newest()).isEqualTo(last);
        assertThat(page.gap()).isNull();
        assertThat(offsets(page(null, null, 100))).containsExactly(3L, 4L, 5L, 6L);
    }

    @Test
    void anEmptyChannelHasACursorToGoOnFrom() {
        var page = page(new Start.Latest(), null, 10);

        assertThat(page.publications()).isEmpty();
        assertThat(page.position().offset()).isZero();
        assertThat(page.newest()).isEqualTo(page.position());
        assertThat(page(null, null, 10).position()).isEqualTo(page.position());
    }

    @Test
    void afterACursorAsMuchAsIsAskedForFollows() {
        var last = publish(6);

        var page = page(new Start.After(at(last, 3)), null, 2);

        assertThat(offsets(page)).containsExactly(4L, 5L);
        assertThat(page.position()).isEqualTo(at(last, 5));
        assertThat(page.newest()).isEqualTo(last);
        assertThat(page.gap()).isNull();
        assertThat(offsets(page(new Start.Earliest(), null, 2))).containsExactly(3L, 4L);
        assertThat(page(new Start.After(last), null, 2).position()).isEqualTo(last);
    }

    @Test
    void aLimitOfNothingOnlyTellsWhereTheReaderStands() {
        var last = publish(6);

        var page = page(new Start.After(at(last, 4)), null, 0);

        assertThat(page.publications()).isEmpty();
        assertThat(page.position()).isEqualTo(at(last, 4));
    }

    @Test
    void beforeACursorTheNewestOlderOnesAreRead() {
        var last = publish(6);

        assertThat(offsets(page(null, last, 2))).containsExactly(4L, 5L);
        assertThat(offsets(page(null, last, 100))).containsExactly(3L, 4L, 5L);
        assertThat(page(null, at(last, 3), 2).publications()).isEmpty();
    }

    @Test
    void whatWasEvictedIsToldAsAGap() {
        var last = publish(6);

        var page = page(new Start.After(at(last, 1)), null, 10);

        assertThat(page.gap()).isEqualTo(new Gap(CHANNEL, at(last, 2), at(last, 2)));
        assertThat(offsets(page)).containsExactly(3L, 4L, 5L, 6L);
    }

    @Test
    void bytesBoundAPageButNotItsFirstPublication() {
        publish(4);

        var page = ask(HubWorld.user("alice"), new ReadRequest(new Start.Earliest(), null, 100, 1));

        assertThat(offsets(done(page))).containsExactly(1L);
    }

    @Test
    void cursorsOfTheFutureAreRefusedInBothDirections() {
        var last = publish(2);

        var forwards = ask(HubWorld.user("alice"), new ReadRequest(new Start.After(at(last, 3)), null, 10));
        var backwards = ask(HubWorld.user("alice"), new ReadRequest(null, at(last, 3), 10));

        assertThat(refused(forwards)).isEqualTo(ClientError.BAD_CURSOR);
        assertThat(refused(backwards)).isEqualTo(ClientError.BAD_CURSOR);
        assertNobodyHoldsTheChannel();
    }

    @Test
    void whoMayOnlySubscribeReadsOnFromACursorButNothingOlder() {
        publish(2);
        var subscriber = only(Verb.SUBSCRIBE);

        var onwards = ask(subscriber, new ReadRequest(new Start.Earliest(), null, 10));
        var newest = ask(subscriber, new ReadRequest(null, null, 10));
        var historian = ask(only(Verb.HISTORY), new ReadRequest(new Start.Earliest(), null, 10));

        assertThat(done(onwards).publications()).hasSize(2);
        assertThat(refused(newest)).isEqualTo(ClientError.FORBIDDEN);
        assertThat(done(historian).publications()).hasSize(2);
        assertNobodyHoldsTheChannel();
    }

    @Test
    void whoWaitsIsWokenOnceByWhatIsNewer() {
        var last = publish(2);
        var woken = new ArrayList<String>();

        wait(last, woken);
        var before = List.copyOf(woken);
        publish(2);

        assertThat(before).isEmpty();
        assertThat(woken).containsExactly("woken");
        // It waited for news and had none to take: nobody was behind.
        assertThat(world.hub.openChannels().iterator().next().behind()).isZero();
        assertNobodyHoldsTheChannel();
    }

    @Test
    void whoWaitsForWhatIsThereAlreadyIsWokenAtOnce() {
        var last = publish(2);
        var behind = new ArrayList<String>();
        var ofAnotherEpoch = new ArrayList<String>();

        wait(at(last, 1), behind);
        wait(new Position(last.epoch() + 1, 7), ofAnotherEpoch);

        assertThat(behind).containsExactly("woken");
        assertThat(ofAnotherEpoch).containsExactly("woken");
    }

    @Test
    void whoWaitsNoLongerIsNotWokenAndHoldsNothing() {
        var last = publish(2);
        var woken = new ArrayList<String>();

        var waiting = wait(last, woken);
        var channel = world.hub.openChannels().iterator().next();
        var readers = channel.readers();
        waiting.cancel();
        waiting.cancel();
        publish(1);

        assertThat(readers).isEqualTo(1);
        assertThat(channel.readers()).isZero();
        assertThat(channel.behind()).isZero();
        assertThat(woken).isEmpty();
        assertNobodyHoldsTheChannel();
    }

    @Test
    void waitingTakesTheGrantThatReadingTakes() {
        var last = publish(1);

        Outcome<Waiting> outcome =
                world.ask(then -> world.hub.await(only(Verb.PUBLISH), CHANNEL, last, world.loop(0), () -> {}, then));

        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void aSummaryTellsWhatIsHeldAndWhoReads() {
        var last = publish(6);
        world.subscribed(HubWorld.user("alice"), 0, CHANNEL);
        world.subscribed(HubWorld.user("bob"), 1, CHANNEL);

        Outcome<Hub.Summary> summary =
                world.ask(then -> world.hub.summary(HubWorld.user("alice"), CHANNEL, world.loop(0), then));
        Outcome<Hub.Summary> ofNothing = world.ask(
                then -> world.hub.summary(HubWorld.user("alice"), new ChannelName("empty"), world.loop(0), then));

        assertThat(summary).isEqualTo(new Outcome.Done<>(new Hub.Summary(CHANNEL, 2, last, at(last, 3), 4)));
        assertThat(ofNothing)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(((Hub.Summary) done.value()).messages())
                                .isZero());
    }

    private Waiting wait(Position after, List<String> woken) {
        Outcome<Waiting> outcome = world.ask(then ->
                world.hub.await(HubWorld.user("alice"), CHANNEL, after, world.loop(0), () -> woken.add("woken"), then));
        if (outcome instanceof Outcome.Done<Waiting>(var waiting)) {
            return waiting;
        }
        throw new AssertionError(outcome);
    }

    private void assertNobodyHoldsTheChannel() {
        assertThat(world.hub.openChannels())
                .singleElement()
                .satisfies(channel -> assertThat(channel.tryEvict()).isTrue());
    }

    private Position publish(int count) {
        for (int i = 1; i < count; i++) {
            world.publish(CHANNEL, "1");
        }
        return world.publish(CHANNEL, "1");
    }

    private static Position at(Position like, long offset) {
        return new Position(like.epoch(), offset);
    }

    private static Identity only(Verb verb) {
        return new Identity("carol", null, new Grants(List.of(new Grants.Grant("*", Set.of(verb)))), null);
    }

    private Page page(@Nullable Start start, @Nullable Position before, int limit) {
        return done(ask(HubWorld.user("alice"), new ReadRequest(start, before, limit)));
    }

    private Outcome<Page> ask(Identity who, ReadRequest request) {
        return world.ask(then -> world.hub.read(who, CHANNEL, request, world.loop(0), then));
    }

    private static Page done(Outcome<Page> outcome) {
        if (outcome instanceof Outcome.Done<Page>(var page)) {
            return page;
        }
        throw new AssertionError(outcome);
    }

    private static @Nullable ClientError refused(Outcome<Page> outcome) {
        return outcome instanceof Outcome.Refused<Page>(Problem problem) ? problem.error() : null;
    }

    private static List<Long> offsets(Page page) {
        return page.publications().stream().map(Publication::offset).toList();
    }
}
