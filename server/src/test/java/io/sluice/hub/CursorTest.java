package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.ClientError;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A cursor over several channels finds each channel's place, however it is written, and knows whose it is not. */
final class CursorTest {
    private static final List<ChannelName> ABC = names("a", "b", "c");

    @Test
    void theWordsStandForEveryChannel() {
        assertThat(starts("earliest", ABC)).containsExactly(earliest(), earliest(), earliest());
        assertThat(starts("latest", ABC)).containsExactly(latest(), latest(), latest());
    }

    @Test
    void overOneChannelItIsThePosition() {
        var position = at("a", 7);

        assertThat(Cursor.print(List.of(position))).isEqualTo(position.toString());
        assertThat(starts(position.toString(), names("a"))).containsExactly(after(position));
    }

    @Test
    void overSeveralItHoldsEachPlaceWhateverItsSize() {
        for (long offset : new long[] {0, 1, 127, 128, 16_383, 16_384, 1L << 35, Long.MAX_VALUE}) {
            var positions = List.of(at("a", offset), at("b", 0), at("c", Long.MAX_VALUE - offset));

            var text = Cursor.print(positions);

            assertThat(text).matches("[A-Za-z0-9_-]+");
            assertThat(starts(text, ABC))
                    .isEqualTo(positions.stream().map(CursorTest::after).toList());
        }
    }

    @Test
    void theOrderOfTheChannelsDoesNotMatter() {
        var positions = List.of(at("a", 1), at("b", 2), at("c", 3));
        var backwards = new ArrayList<>(ABC);
        Collections.reverse(backwards);

        assertThat(starts(Cursor.print(positions), backwards))
                .containsExactly(after(positions.get(2)), after(positions.get(1)), after(positions.get(0)));
        assertThat(starts(positions.get(2) + "," + positions.get(0), ABC))
                .containsExactly(after(positions.get(0)), latest(), after(positions.get(2)));
    }

    @Test
    void aChannelThatItDoesNotHoldStartsAtLatest() {
        assertThat(starts(Cursor.print(List.of(at("a", 1), at("b", 2))), ABC))
                .containsExactly(after(at("a", 1)), after(at("b", 2)), latest());
    }

    @Test
    void whatHoldsNoneOfTheChannelsIsRefused() {
        assertThat(refusal(at("x", 1).toString(), names("a"))).contains("other channels");
        assertThat(refusal(Cursor.print(List.of(at("x", 1), at("y", 1))), ABC)).contains("other channels");
    }

    @Test
    void holdsAsManyChannelsAsAreAllowedAndNoMore() {
        var most = names(IntStream.range(0, Cursor.MAX_CHANNELS)
                .mapToObj(i -> "room:" + i)
                .toArray(String[]::new));
        var positions = most.stream()
                .map(name -> new Position(Epoch.of(name, -1), Long.MAX_VALUE))
                .toList();
        var separated =
                String.join(",", positions.stream().map(Position::toString).toList());

        assertThat(starts(Cursor.print(positions), most)).hasSize(100).doesNotContain(latest());
        assertThat(starts(separated, most)).hasSize(100).doesNotContain(latest());
        assertThat(refusal(separated + "," + positions.getFirst(), most)).contains("more than 100");
    }

    @Test
    void whatIsNoCursorIsRefused() {
        var token = Base64.getUrlDecoder().decode(Cursor.print(List.of(at("a", 1), at("b", 2))));
        var otherVersion = token.clone();
        otherVersion[0] = 2;
        var endless = token.clone();
        endless[endless.length - 1] = (byte) 0x80;

        assertThat(refusal("", ABC)).contains("not one of ours");
        assertThat(refusal("AQ==*", ABC)).contains("not one of ours");
        assertThat(refusal(at("a", 1) + ",", ABC)).contains("not one of ours");
        assertThat(refusal(text(otherVersion), ABC)).contains("not one of ours");
        assertThat(refusal(text(endless), ABC)).contains("not one of ours");
        assertThat(refusal("A".repeat(3_000), ABC)).contains("not one of ours");
        for (int length = 1; length < token.length - 1; length++) {
            var cut = refusalOrNone(text(java.util.Arrays.copyOf(token, length)), ABC);
            // Only the cut between two positions leaves a cursor of one.
            assertThat(cut).as("first %d bytes", length).isEqualTo(length == 10 ? null : ClientError.BAD_CURSOR);
        }
    }

    @Test
    void anOffsetBeyondTheLargestIsRefused() {
        var tooLarge = new byte[1 + 8 + 10];
        tooLarge[0] = 1;
        java.nio.ByteBuffer.wrap(tooLarge, 1, 8).putLong(at("a", 1).epoch());
        java.util.Arrays.fill(tooLarge, 9, 18, (byte) 0xff);
        tooLarge[18] = 1;

        assertThat(refusal(text(tooLarge), ABC)).contains("not one of ours");
    }

    private static List<ChannelName> names(String... names) {
        return java.util.Arrays.stream(names).map(ChannelName::new).toList();
    }

    private static Position at(String channel, long offset) {
        return new Position(Epoch.of(new ChannelName(channel), 42), offset);
    }

    private static String text(byte[] token) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private static Start earliest() {
        return new Start.Earliest();
    }

    private static Start latest() {
        return new Start.Latest();
    }

    private static Start after(Position position) {
        return new Start.After(position);
    }

    private static List<Start> starts(String text, List<ChannelName> channels) {
        return ((Outcome.Done<List<Start>>) Cursor.parse(text, channels)).value();
    }

    private static String refusal(String text, List<ChannelName> channels) {
        return ((Outcome.Refused<List<Start>>) Cursor.parse(text, channels))
                .problem()
                .detail();
    }

    private static @org.jspecify.annotations.Nullable ClientError refusalOrNone(
            String text, List<ChannelName> channels) {
        return Cursor.parse(text, channels) instanceof Outcome.Refused<List<Start>>(var problem)
                ? problem.error()
                : null;
    }
}
