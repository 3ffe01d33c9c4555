package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.NamespaceConfig;
import io.sluice.http.ClientError;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a reader begins, in a log that has published five and holds the last two. */
final class StartTest {
    private static final ChannelName CHANNEL = new ChannelName("room:1");

    private final HubWorld world = new HubWorld(new NamespaceConfig().keeping(2, DataSize.mib(1), Duration.ofHours(1)));
    private final Position last = five();
    private final ChannelLog log = world.hub.openChannels().iterator().next().log();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void wordsAreThePlacesTheySay() {
        assertThat(begun(new Start.Latest())).isEqualTo(new Start.Begun(6, null));
        assertThat(begun(new Start.Earliest())).isEqualTo(new Start.Begun(4, null));
        assertThat(begun(new Start.Latest()).position(log)).isEqualTo(last);
    }

    @Test
    void aPositionThatIsHeldOrJustBeforeWhatIsHeldHasNoGap() {
        assertThat(begun(new Start.After(last))).isEqualTo(new Start.Begun(6, null));
        assertThat(begun(new Start.After(at(4)))).isEqualTo(new Start.Begun(5, null));
        assertThat(begun(new Start.After(at(3)))).isEqualTo(new Start.Begun(4, null));
    }

    @Test
    void whatHasLeftIsAGap() {
        assertThat(begun(new Start.After(at(2)))).isEqualTo(new Start.Begun(4, new Gap(CHANNEL, at(3), at(3))));
        assertThat(begun(new Start.After(at(0)))).isEqualTo(new Start.Begun(4, new Gap(CHANNEL, at(1), at(3))));
    }

    @Test
    void anotherEpochOfTheChannelIsAGapFromThereToWhatIsHeld() {
        var lost = new Position(Epoch.of(CHANNEL, 4711), 7);

        assertThat(begun(new Start.After(lost)))
                .isEqualTo(new Start.Begun(4, new Gap(CHANNEL, new Position(lost.epoch(), 8), at(3))));
    }

    @Test
    void theFutureAndOtherChannelsAreRefused() {
        var foreign = new Position(Epoch.of(new ChannelName("other"), 1), 1);

        assertThat(refusal(new Start.After(at(6)))).isEqualTo("the cursor lies in the future of room:1");
        assertThat(refusal(new Start.After(foreign))).isEqualTo("the cursor is of another channel than room:1");
    }

    private Start.Begun begun(Start start) {
        if (start.resolve(log) instanceof Start.Resolved.At(var begun)) {
            return begun;
        }
        throw new AssertionError(start + " is refused");
    }

    private String refusal(Start start) {
        if (start.resolve(log) instanceof Start.Resolved.Bad(var problem)) {
            assertThat(problem.error()).isEqualTo(ClientError.BAD_CURSOR);
            return problem.detail();
        }
        throw new AssertionError(start + " is taken");
    }

    private Position at(long offset) {
        return new Position(last.epoch(), offset);
    }

    private Position five() {
        for (int i = 0; i < 4; i++) {
            world.publish(CHANNEL, "1");
        }
        return world.publish(CHANNEL, "1");
    }
}
