package io.sluice.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ClientKind;
import io.sluice.testkit.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twenty seconds of what {@code sluice soak} does for hours; too short to say what is flat, long enough for every fault. */
class SoakTest {
    @Test
    void everyReaderGetsEverythingThroughFaultsAndRestarts(@TempDir Path folder) throws Exception {
        var plan = new Soak.Plan(ServerProcess.command(), folder, Duration.ofSeconds(20), Duration.ofSeconds(2), 2, 1);

        var result = new Soak(plan).run(sample -> {});

        assertThat(result.violations()).isEmpty();
        assertThat(result.samples()).isNotEmpty().allSatisfy(sample -> {
            assertThat(sample.heapMegabytes()).isPositive();
            assertThat(sample.residentMegabytes()).isGreaterThan(sample.heapMegabytes());
            assertThat(sample.descriptors()).isPositive();
        });
        assertThat(result.faults()).containsEntry("killed and started again", 2);
        assertThat(result.readers()).extracting(Following::kind).contains(ClientKind.values());
        assertThat(result.readers()).allSatisfy(reader -> {
            assertThat(reader.received()).as(reader.name()).isPositive();
            assertThat(reader.returns()).as(reader.name()).isGreaterThan(1);
        });
        assertThat(result.verdicts()).hasSameSizeAs(Soak.MEASURES);
    }
}
