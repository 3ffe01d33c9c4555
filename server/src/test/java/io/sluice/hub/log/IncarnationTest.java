package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.log.Store.Family;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start makes of what the last one left: which generations go on, and in which words. */
final class IncarnationTest {
    private final SimulatedStore store = new SimulatedStore();
    private final Random random = new Random(1);

    @TempDir
    Path folder;

    @Test
    void aNewFolderBegins() {
        var first = begin("boot");

        assertThat(first.found()).isEqualTo("a new folder");
        assertThat(first.commit()).isEqualTo(1);
        assertThat(first.generation(Durability.POWER)).isEqualTo(first.powerGeneration());
        assertThat(first.generation(Durability.PROCESS)).isEqualTo(first.processGeneration());
        assertThat(first.processGeneration()).isNotEqualTo(first.powerGeneration());
    }

    @Test
    void aCleanStopKeepsBothOverAReboot() {
        var first = begin("boot");
        Incarnation.end(store, first.commit());
        long stopped = first.commit() + 1;
        assertThat(store.acknowledged()).isEqualTo(new Store.Acknowledged(stopped, stopped));

        var next = begin("another");

        assertThat(next.found()).isEqualTo("a clean stop");
        assertGenerations(first, next, true, true);
        assertThat(next.commit()).isEqualTo(first.commit() + 2);
        assertThat(store.acknowledged()).isEqualTo(new Store.Acknowledged(next.commit(), next.commit()));
    }

    @Test
    void aKillKeepsBothWithinABoot() {
        var first = begin("boot");

        var next = begin("boot");

        assertThat(next.found()).isEqualTo("a stop without warning, nothing lost");
        assertThat(next.commit()).isEqualTo(first.commit() + 1);
        assertGenerations(first, next, true, true);
    }

    @Test
    void anotherBootWithoutACleanStopIsADoubtForWhatWasNotSynced() {
        var first = begin("boot");

        var next = begin("another");
        var nameless = begin("");

        assertThat(next.found()).contains("another boot");
        assertGenerations(first, next, false, true);
        assertThat(nameless.found()).contains("another boot");
    }

    @Test
    void aBootWithoutANameIsNoBootThatIsKnown() {
        var first = begin("");
        var second = begin("");
        var third = begin("");

        assertThat(second.found()).contains("another boot");
        assertThat(java.util.Set.of(first.processGeneration(), second.processGeneration(), third.processGeneration()))
                .hasSize(3);
    }

    @Test
    void acknowledgedPublicationsThatAreMissingChangeTheirEpochs() {
        var first = begin("boot");
        Incarnation.end(store, first.commit());
        store.acknowledge(99, false);

        var next = begin("boot");

        assertThat(next.found()).contains("are missing: channels of durability process");
        assertGenerations(first, next, false, true);
    }

    @Test
    void syncedPublicationsThatAreMissingChangeAllEpochs() {
        var first = begin("boot");
        Incarnation.end(store, first.commit());
        store.acknowledge(99, true);

        var next = begin("boot");

        assertThat(next.found()).contains("synced ones too");
        assertGenerations(first, next, false, false);
    }

    @Test
    void aNewerFormatIsNotTouched() {
        begin("boot");
        var batch = new StoreBatch();
        batch.put(Family.ENGINE, StoreKeys.note("format"), StoreKeys.number(2));
        store.write(batch, true);

        assertThatThrownBy(() -> begin("boot"))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("newer version (format 2)");
    }

    @Test
    void aNoteThatIsMissingIsNamed() {
        begin("boot");
        var batch = new StoreBatch();
        batch.delete(Family.ENGINE, StoreKeys.note("clean"));
        store.write(batch, true);

        assertThatThrownBy(() -> begin("boot")).isInstanceOf(StoreFailed.class).hasMessageContaining("'clean'");
    }

    @Test
    void theFileOfAcknowledgedCommitsRemembersTheHighestOfBothKinds() throws IOException {
        var path = folder.resolve("acknowledged");
        try (var file = new AcknowledgedFile(path)) {
            assertThat(file.read()).isNull();
            file.write(5, true);
            file.write(7, false);
        }

        try (var file = new AcknowledgedFile(path)) {
            assertThat(file.read()).isEqualTo(new Store.Acknowledged(7, 5));
            file.write(8, false);
            assertThat(file.read()).isEqualTo(new Store.Acknowledged(8, 5));
        }
        assertThat(path).hasSize(16);
    }

    private Incarnation begin(String boot) {
        return Incarnation.begin(store, boot, random);
    }

    private static void assertGenerations(Incarnation before, Incarnation after, boolean process, boolean power) {
        assertThat(after.processGeneration() == before.processGeneration()).isEqualTo(process);
        assertThat(after.powerGeneration() == before.powerGeneration()).isEqualTo(power);
    }
}
