package io.sluice.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class FlatnessTest {
    private static final Flatness HEAP = new Flatness("heap", 0.10, 8);

    private static List<Double> samples(int count, IntToDoubleFunction value) {
        var random = new Random(1);
        var all = new ArrayList<Double>();
        for (int i = 0; i < count; i++) {
            all.add(value.applyAsDouble(i) + random.nextGaussian());
        }
        return all;
    }

    @Test
    void whatOnlyShakesIsFlat() {
        var verdict = HEAP.judge(samples(60, i -> 100));

        assertThat(verdict.flat()).isTrue();
    }

    @Test
    void whatGrowsALittleEachTimeIsNot() {
        var verdict = HEAP.judge(samples(60, i -> 100 + i * 0.5));

        assertThat(verdict.flat()).isFalse();
        assertThat(verdict.grown()).isBetween(20.0, 28.0);
    }

    @Test
    void whatGrowsWhileItWarmsUpAndThenStaysIsFlat() {
        var verdict = HEAP.judge(samples(60, i -> Math.min(i, 10) * 10));

        assertThat(verdict.flat()).isTrue();
    }

    @Test
    void aFewOutliersDoNotMatter() {
        var verdict = HEAP.judge(samples(60, i -> i > 52 && i % 3 == 0 ? 900 : 100));

        assertThat(verdict.flat()).isTrue();
    }

    @Test
    void whatFallsIsFlat() {
        var verdict = HEAP.judge(samples(60, i -> 200 - i));

        assertThat(verdict.flat()).isTrue();
        assertThat(verdict.grown()).isNegative();
    }
}
