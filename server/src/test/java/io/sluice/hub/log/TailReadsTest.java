package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.hub.ChannelName;
import io.sluice.hub.HotTail;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batches of consecutive publications out of memory, within their limits. */
final class TailReadsTest {
    private static final int ALL = Integer.MAX_VALUE;

    /** Of 20 publications, 11 to 20. */
    private final HotTail tail = tail(20, 10);

    @Test
    void readsWhatComesAfterOrFromTheOldestOn() {
        assertThat(offsets(TailReads.since(tail, 17, ALL, ALL))).containsExactly(18L, 19L, 20L);
        assertThat(offsets(TailReads.since(tail, 19, ALL, ALL))).containsExactly(20L);
        assertThat(TailReads.since(tail, 20, ALL, ALL)).isEmpty();
        assertThat(TailReads.since(tail, Long.MAX_VALUE, ALL, ALL)).isEmpty();
        assertThat(offsets(TailReads.since(tail, 0, 2, ALL))).containsExactly(11L, 12L);
        assertThat(TailReads.since(tail(0, 10), 0, ALL, ALL)).isEmpty();
    }

    @Test
    void aTailThatWasClearedHasNothing() {
        tail.clear();

        assertThat(TailReads.since(tail, 0, ALL, ALL)).isEmpty();
        assertThat(TailReads.since(tail, 19, ALL, ALL)).isEmpty();
    }

    @Test
    void staysWithinItsLimitsButGivesAtLeastOne() {
        int weight = publication(1).weight();

        assertThat(offsets(TailReads.since(tail, 10, 3, ALL))).containsExactly(11L, 12L, 13L);
        assertThat(TailReads.since(tail, 10, ALL, 3 * weight)).hasSize(3);
        assertThat(TailReads.since(tail, 10, ALL, 3 * weight - 1)).hasSize(2);
        assertThat(TailReads.since(tail, 10, ALL, 1)).hasSize(1);
    }

    @Test
    void whatWasFoundBeforeCountsToo() {
        int weight = publication(1).weight();

        assertThat(offsets(collected(5, ALL))).containsExactly(9L, 10L, 11L, 12L, 13L);
        assertThat(offsets(collected(ALL, 4 * weight))).containsExactly(9L, 10L, 11L, 12L);
        assertThat(offsets(collected(ALL, 4 * weight - 1))).containsExactly(9L, 10L, 11L);
        assertThat(offsets(collected(ALL, 2 * weight))).containsExactly(9L, 10L);
        assertThat(offsets(collected(2, ALL))).containsExactly(9L, 10L);
    }

    @Test
    void collectsUpToTheNewestThatWasAskedForAndNothingBehindWhatHasLeft() {
        var some = new ArrayList<Publication>();
        var nothing = new ArrayList<Publication>();

        TailReads.collect(tail, 12, 14, ALL, ALL, some);
        TailReads.collect(tail, 10, 20, ALL, ALL, nothing);

        assertThat(offsets(some)).containsExactly(12L, 13L, 14L);
        assertThat(nothing).isEmpty();
    }

    /** What is there once the tail has added to 9 and 10. */
    private List<Publication> collected(int limit, int maxBytes) {
        var found = new ArrayList<>(List.of(publication(9), publication(10)));
        TailReads.collect(tail, 11, 20, limit, maxBytes, found);
        return found;
    }

    private static HotTail tail(int publications, int maxMessages) {
        var tail = new HotTail(0, maxMessages, ALL);
        for (int offset = 1; offset <= publications; offset++) {
            tail.add(publication(offset));
        }
        return tail;
    }

    private static Publication publication(long offset) {
        return Publication.of(new ChannelName("news"), new Position(7, offset), Instant.EPOCH, EngineWorld.draft("m"));
    }

    private static List<Long> offsets(List<Publication> publications) {
        return publications.stream().map(Publication::offset).toList();
    }
}
