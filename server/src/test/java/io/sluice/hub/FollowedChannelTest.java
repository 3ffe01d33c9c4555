package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.sluice.auth.InternalChannel;
import io.sluice.auth.InternalChannel.Entered;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.http.ClientError;
import io.sluice.hub.log.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A channel of the servers' own: what is appended, what its follower is given, and when an append is answered. */
final class FollowedChannelTest {
    private static final InternalChannel.Bounds BOUNDS =
            new InternalChannel.Bounds("revocations", Duration.ofHours(1), Duration.ofMinutes(1), 3);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final HubWorld world = new HubWorld(
            InternalChannels.reserve(new HubConfig().with(new NamespaceConfig()), List.of(BOUNDS))
                    .withTail(1),
            disk::start,
            null);
    private final InternalChannel channel = world.hub.internal(BOUNDS);
    private final List<String> given = new ArrayList<>();

    @AfterEach
    void close() {
        disk.repair();
        world.close();
    }

    @Test
    void aFollowerIsGivenWhatIsHeldAndThenEachNewEntryOnce() {
        append(null, "a");
        append(null, "b");

        var caughtUp = follow();
        world.settle();
        var atFirst = List.copyOf(given);
        append(null, "c");

        assertThat(caughtUp).isCompleted();
        assertThat(atFirst).containsExactly("a", "b");
        assertThat(given).containsExactly("a", "b", "c");
    }

    @Test
    void anAppendIsAnsweredOnceTheFollowerWasGivenIt() {
        follow();
        world.settle();

        channel.append(null, bytes("a"), entered -> given.add(entered.getClass().getSimpleName()));
        world.settle();
        channel.append("k", bytes("b"), entered -> given.add(entered.getClass().getSimpleName()));
        world.settle();
        channel.append("k", bytes("b"), entered -> given.add(entered.getClass().getSimpleName()));
        world.settle();

        assertThat(given).containsExactly("a", "First", "b", "First", "Again");
    }

    @Test
    void aKeyCountsOnceWhateverCameWithIt() {
        var first = append("k", "a");
        var same = append("k", "a");
        var other = append("k", "b");
        world.clock.advance(BOUNDS.keys());
        var later = append("k", "c");

        assertThat(first).isInstanceOf(Entered.First.class);
        assertThat(same).isInstanceOf(Entered.Again.class);
        assertThat(other).isInstanceOf(Entered.Again.class);
        assertThat(later).isInstanceOf(Entered.First.class);
    }

    @Test
    void beyondItsBoundAppendsAreRefused() {
        var taken = List.of(append(null, "a"), append(null, "b"), append(null, "c"));

        var refused = append(null, "d");

        assertThat(taken).allSatisfy(entered -> assertThat(entered).isInstanceOf(Entered.First.class));
        assertThat(refused).isInstanceOfSatisfying(Entered.Refused.class, why -> {
            assertThat(why.problem().error()).isEqualTo(ClientError.OVERLOADED);
            assertThat(why.problem().detail()).contains("3 revocations");
        });
    }

    @Test
    void whatHasAgedMakesRoom() {
        append(null, "a");
        append(null, "b");
        append(null, "c");

        world.clock.advance(BOUNDS.age());
        world.hub.sweep();
        world.settle();

        assertThat(append(null, "d")).isInstanceOf(Entered.First.class);
    }

    @Test
    void aFollowerThatCannotReadTriesAgainEachSecond() {
        append(null, "a");
        append(null, "b");
        disk.failReads();

        var caughtUp = follow();
        world.settle();
        boolean early = caughtUp.isDone();
        disk.repair();
        world.after(Duration.ofMillis(999));
        boolean almost = caughtUp.isDone();
        world.after(Duration.ofMillis(1));

        assertThat(early).isFalse();
        assertThat(almost).isFalse();
        assertThat(caughtUp).isCompleted();
        assertThat(given).containsExactly("a", "b");
    }

    @Test
    void anAppendThatIsNotStoredIsRefused() {
        disk.failWrites(false);

        var refused = append(null, "a");

        assertThat(refused)
                .isInstanceOfSatisfying(
                        Entered.Refused.class,
                        why -> assertThat(why.problem().error()).isEqualTo(ClientError.STORAGE_UNAVAILABLE));
    }

    @Test
    void isFollowedOnceAndIsNobodysBusiness() {
        follow();
        world.settle();

        assertThatIllegalStateException().isThrownBy(this::follow);
        assertThat(world.hub.openChannels()).isEmpty();
    }

    private CompletableFuture<Void> follow() {
        return channel.follow(entry -> given.add(new String(entry.content(), StandardCharsets.US_ASCII)));
    }

    private Entered append(@Nullable String key, String content) {
        return world.ask(then -> channel.append(key, bytes(content), then));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
