package io.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulator is tested too: each mistake planted into a copy of the sources must be found. */
final class PlantedBugsTest {
    private static final long SEEDS = 8_000;

    static List<PlantedBug> bugs() {
        return PlantedBugs.ALL;
    }

    @BeforeAll
    static void quiet() {
        Simulate.quiet();
    }

    @AfterAll
    static void loud() {
        Simulate.loud();
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void isFound(PlantedBug bug, @TempDir Path folder) throws Exception {
        var found = bug.found(1, SEEDS, folder);

        assertThat(found).isNotNull().contains("./sluice simulate");
    }
}
