package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.TestJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who holds a data folder, within this process and among several. */
final class FolderLockTest {
    @TempDir
    Path folder;

    @Test
    void isGivenBackWhenItIsClosed() throws IOException {
        try (var first = FolderLock.take(folder)) {
            assertThat(first).isNotNull();
            assertThat(FolderLock.take(folder)).isNull();
        }

        try (var second = FolderLock.take(folder)) {
            assertThat(second).isNotNull();
        }
    }

    @Test
    void isNotLostToAnotherProcessByARefusalInThisOne() throws Exception {
        try (var held = FolderLock.take(folder)) {
            assertThat(held).isNotNull();
            assertThat(FolderLock.take(folder)).isNull();

            try (var other = new OtherProcess(folder)) {
                assertThat(other.said).isEqualTo("refused");
            }
        }
    }

    @Test
    void endsWithTheProcessThatHoldsIt() throws Exception {
        try (var other = new OtherProcess(folder)) {
            assertThat(other.said).isEqualTo("taken");
            assertThat(FolderLock.take(folder)).isNull();
        }

        try (var taken = FolderLock.take(folder)) {
            assertThat(taken).isNotNull();
        }
    }

    /** Another process that wants the folder, says whether it has it, and keeps it until it is killed. */
    private static final class OtherProcess implements AutoCloseable {
        private final Process process;
        final String said;

        OtherProcess(Path folder) throws IOException {
            process = new ProcessBuilder(TestJvm.command(List.of("-Xmx32m"), Taker.class.getName(), folder.toString()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
            said = String.valueOf(out.readLine());
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    static final class Taker {
        private Taker() {}

        public static void main(String[] arguments) throws IOException {
            var lock = FolderLock.take(Path.of(arguments[0]));
            System.out.println(lock == null ? "refused" : "taken");
            if (lock != null) {
                System.in.read(); // until it is killed, or who started it is
            }
        }
    }
}
