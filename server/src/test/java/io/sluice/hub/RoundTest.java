package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundTest {
    @Test
    void fewAreSeenAtEveryVisit() {
        var round = new Round<>(IntStream.range(0, 1_000).boxed().toList());
        var seen = new ArrayList<Integer>();

        round.visit(seen::add);
        round.visit(seen::add);

        assertThat(seen).hasSize(2_000);
    }

    @Test
    void ofManyEachIsSeenWithinTenVisitsAndNoneTwiceInARound() {
        var round = new Round<>(IntStream.range(0, 50_000).boxed().toList());
        var seen = new ArrayList<Integer>();

        for (int i = 0; i < 10; i++) {
            int before = seen.size();
            round.visit(seen::add);
            assertThat(seen.size() - before).isLessThanOrEqualTo(Round.share(50_000));
        }

        assertThat(seen).hasSize(50_000);
        assertThat(new HashSet<>(seen)).hasSize(50_000);
    }

    @Test
    void whatComesAndGoesMeanwhileDisturbsNobody() {
        var all = new ConcurrentHashMap<Integer, Integer>();
        IntStream.range(0, 20_000).forEach(i -> all.put(i, i));
        var round = new Round<>(all.values());
        var seen = new HashSet<Integer>();

        for (int i = 0; i < 12; i++) {
            round.visit(seen::add);
            all.remove(i);
            all.put(20_000 + i, 20_000 + i);
        }

        assertThat(seen).containsAll(IntStream.range(12, 20_000).boxed().toList());
    }
}
