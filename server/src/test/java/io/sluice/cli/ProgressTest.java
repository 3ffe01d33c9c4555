package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bar of long work, and where it must not be. */
class ProgressTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Terminal terminal(boolean interactive, Map<String, String> environment) {
        return new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                interactive);
    }

    private void work(Terminal terminal, long steps) {
        try (var progress = new Progress(terminal, "seeds", steps)) {
            for (long i = 0; i < steps; i++) {
                progress.step();
            }
        }
    }

    @Test
    void aPersonSeesHowFarItIsAndNothingOfItRemains() {
        work(terminal(true, Map.of("NO_COLOR", "1")), 4);

        var painted = err.toString(StandardCharsets.UTF_8);
        assertThat(painted)
                .contains(
                        "[#######                       ] 1 of 4 seeds",
                        "[##############################] 4 of 4 seeds")
                .endsWith("\r" + " ".repeat(78) + "\r")
                .doesNotContain("\u001b");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aMillionStepsArePaintedAThousandTimesAtMost() {
        work(terminal(true, Map.of()), 1_000_000);

        assertThat(err.toString(StandardCharsets.UTF_8).split("\r")).hasSizeLessThan(1_010);
    }

    @Test
    void pipesDumbTerminalsAndSingleStepsSeeNothing() {
        work(terminal(false, Map.of()), 4);
        work(terminal(true, Map.of("TERM", "dumb")), 4);
        work(terminal(true, Map.of()), 1);

        assertThat(err.size() + out.size()).isZero();
    }
}
