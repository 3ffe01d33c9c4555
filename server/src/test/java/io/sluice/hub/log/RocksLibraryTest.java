package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.TestJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;

/** In a process of its own: a library that another test has loaded is not looked for again. */
final class RocksLibraryTest {
    @TempDir
    Path dataDir;

    @TempDir
    Path temporary;

    @Test
    void itIsLoadedFromWhereItWasUnpackedAndNotFromATemporaryCopy() throws Exception {
        var home = Path.of(load(dataDir));

        assertThat(home).isDirectoryContaining("glob:**/librocksdbjni*").isDirectoryNotContaining("glob:**.part");
        assertThat(temporary).isEmptyDirectory();
    }

    /** What {@link Loader} says. */
    private String load(Path folder) throws IOException, InterruptedException {
        var options = List.of(
                "-Xmx96m",
                "-Djava.io.tmpdir=" + temporary,
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider");
        var process = new ProcessBuilder(TestJvm.command(options, Loader.class.getName(), folder.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return said.lines().toList().getLast();
    }

    /** Prints where the library was loaded from, and uses it. */
    static final class Loader {
        private Loader() {}

        public static void main(String[] arguments) {
            var home = RocksLibrary.load(Path.of(arguments[0]));
            try (var options = new Options()) {
                if (!options.isOwningHandle()) {
                    throw new IllegalStateException("the library is loaded and makes nothing");
                }
            }
            System.out.println(home.map(Path::toString).orElse("by itself"));
        }
    }
}
