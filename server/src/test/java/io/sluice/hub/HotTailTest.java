package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The newest publications of a channel, bounded by count and bytes. */
final class HotTailTest {
    private static final ChannelName CHANNEL = new ChannelName("c");
    private static final int WEIGHT = publication(1).weight();

    @Test
    void holdsNothingAtFirst() {
        var tail = new HotTail(41, 10, 1_000_000);

        assertThat(tail.newest()).isEqualTo(41);
        assertThat(tail.oldest()).isEqualTo(42);
        assertThat(tail.peek(41)).isNull();
        assertThat(tail.peek(42)).isNull();
    }

    @Test
    void givesEachPublicationByItsOffsetHoweverManyThereAre() {
        var tail = new HotTail(0, 1_000, Long.MAX_VALUE);

        for (int offset = 1; offset <= 100; offset++) {
            var added = publication(offset);
            tail.add(added);
            assertThat(tail.peek(offset)).isSameAs(added);
            assertThat(tail.bytes()).isEqualTo((long) offset * WEIGHT);
        }

        for (int offset = 1; offset <= 100; offset++) {
            assertThat(tail.peek(offset)).isNotNull().returns((long) offset, Publication::offset);
        }
        assertThat(tail.peek(0)).isNull();
        assertThat(tail.peek(101)).isNull();
    }

    @Test
    void keepsAtMostSoMany() {
        var tail = filled(3, Long.MAX_VALUE, 20);

        assertThat(tail.oldest()).isEqualTo(18);
        assertThat(tail.newest()).isEqualTo(20);
        assertThat(tail.bytes()).isEqualTo(3L * WEIGHT);
        assertThat(tail.peek(17)).isNull();
        assertThat(tail.peek(18)).isNotNull();
    }

    @Test
    void keepsAtMostSoManyBytesButAlwaysTheNewest() {
        assertThat(filled(100, 3L * WEIGHT, 20).oldest()).isEqualTo(18);
        assertThat(filled(100, 3L * WEIGHT - 1, 20).oldest()).isEqualTo(19);
        assertThat(filled(100, 1, 20).oldest()).isEqualTo(20);
    }

    @Test
    void forgetsWhatIsBeforeAnOffset() {
        var tail = filled(100, Long.MAX_VALUE, 20);

        tail.trimTo(15);

        assertThat(tail.oldest()).isEqualTo(15);
        assertThat(tail.peek(14)).isNull();
        assertThat(tail.peek(15)).isNotNull();
        assertThat(tail.bytes()).isEqualTo(6L * WEIGHT);
    }

    @Test
    void goesOnAfterItWasCleared() {
        var tail = filled(100, Long.MAX_VALUE, 20);

        tail.clear();
        tail.trimTo(1_000);
        tail.add(publication(21));

        assertThat(tail.oldest()).isEqualTo(21);
        assertThat(tail.peek(20)).isNull();
        assertThat(tail.peek(21)).isNotNull();
        assertThat(tail.bytes()).isEqualTo(WEIGHT);
    }

    @Test
    void takesOnlyWhatFollows() {
        var tail = filled(100, Long.MAX_VALUE, 5);

        assertThatIllegalStateException().isThrownBy(() -> tail.add(publication(5)));
        assertThatIllegalStateException().isThrownBy(() -> tail.add(publication(7)));
    }

    private static HotTail filled(int maxMessages, long maxBytes, int count) {
        var tail = new HotTail(0, maxMessages, maxBytes);
        for (int offset = 1; offset <= count; offset++) {
            tail.add(publication(offset));
        }
        return tail;
    }

    private static Publication publication(int offset) {
        return new Publication(
                CHANNEL, new Position(1, offset), Instant.EPOCH, "e", null, Map.of(), Payload.json(new byte[] {'1'}));
    }
}
