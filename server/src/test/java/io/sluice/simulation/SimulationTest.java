package io.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Seeds without number must keep every promise. {@code -Dsluice.simulation.seeds=} and {@code -Dsluice.simulation.seed=} say how
 * many and from where; {@code ./sluice simulate} does the same without the other tests.
 */
final class SimulationTest {
    private static final long SEEDS = Long.getLong("sluice.simulation.seeds", 20_000);
    private static final long FIRST = Long.getLong("sluice.simulation.seed", 1);

    @BeforeAll
    static void quiet() {
        Simulate.quiet();
    }

    @AfterAll
    static void loud() {
        Simulate.loud();
    }

    @Test
    void everySeedKeepsEveryPromise() throws Exception {
        var failure = Simulate.run(FIRST, SEEDS);

        assertThat(failure).isNull();
    }

    @Test
    void aSeedIsTheSameRunAgainAndAgain() {
        for (long seed = FIRST; seed < FIRST + Math.min(100, SEEDS / 10); seed++) {
            assertThat(Simulation.transcriptOf(seed))
                    .as("seed %d", seed)
                    .isNotEmpty()
                    .isEqualTo(Simulation.transcriptOf(seed));
        }
    }
}
