package io.sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.fuzz.Fuzz.Effort;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Every seed again, what was found among them, and so many inputs made of them: the same ones in every run, so that what fails here
 * is what was changed. {@code -Dsluice.fuzz.runs=} and {@code -Dsluice.fuzz.seed=} say how many and which. To look for what nobody
 * knows yet, guided by what an input reaches, is what {@code ./sluice fuzz} is for.
 */
final class FuzzTest {
    private static final long RUNS = Long.getLong("sluice.fuzz.runs", 12_000);
    private static final long SEED = Long.getLong("sluice.fuzz.seed", 20261125);

    @TempDir
    Path folder;

    @ParameterizedTest
    @FieldSource("io.sluice.fuzz.FuzzTargets#ALL")
    void everySeedKeepsTheProperties(FuzzTargets.Type type) {
        var target = type.constructor().get();

        var seeds = Seeds.of(type.name());

        assertThat(seeds).isNotEmpty().allSatisfy(target::run);
        target.run(new byte[0]);
    }

    @Test
    void whatIsMadeOfTheSeedsKeepsTheProperties() throws Exception {
        System.out.printf("fuzz: %d runs from seed %d%n", RUNS, SEED);

        var result = Fuzz.run(Fuzz.ALL, folder, classPath(), new Effort(RUNS, 0, SEED, true));

        assertThat(result.finding())
                .as("%s\n./sluice fuzz all --runs %d --seed %d --blind", String.join("\n", result.output()), RUNS, SEED)
                .isNull();
        assertThat(result.output()).anyMatch(line -> line.startsWith("Done " + RUNS + " runs"));
    }

    /** A search that sees nothing of what it runs finds nothing either. */
    @Test
    void aSearchFindsAPlantedMistake() throws Exception {
        var result = Fuzz.run(PlantedMistake.NAME, folder, classPath(), new Effort(3_000_000, 0, SEED, false));

        assertThat(Seeds.parse(Objects.requireNonNull(result.finding())))
                .startsWith("sl1.7".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void aSeedPrintsAsItReads() {
        var every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }

        assertThat(Seeds.parse(Seeds.print(every))).isEqualTo(every);
        assertThat(Seeds.print(Seeds.parse("\\x23 a\\\\b\\r\\n\\xff"))).isEqualTo("\\x23 a\\\\b\\r\\n\\xff");
    }

    /** Else what it breaks would print as nothing found. */
    @Test
    void noInputAtAllIsASeedToo() {
        assertThat(Seeds.print(new byte[0])).isEqualTo("\\e");
        assertThat(Seeds.parse("\\e")).isEmpty();
    }

    private static String classPath() {
        return Objects.requireNonNullElse(
                System.getProperty("surefire.test.class.path"), System.getProperty("java.class.path"));
    }
}
