package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksLibraryTest {
    @TempDir
    Path dataDir;

    @Test
    void itIsLoadedFromWhereItWasUnpackedAndNotFromATemporaryCopy() {
        var home = RocksLibrary.load(dataDir);

        assertThat(home).isPresent();
        assertThat(home.get()).isDirectoryContaining("glob:**/librocksdbjni*").isDirectoryNotContaining("glob:**.part");
    }
}
