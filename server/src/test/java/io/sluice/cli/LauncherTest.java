package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.Eventually;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script itself, in a tree of its own with JDKs that only say that they ran. */
class LauncherTest {
    @TempDir
    private Path tree = Path.of("");

    @BeforeEach
    void layOutATreeThatIsBuilt() throws IOException {
        Files.copy(Path.of("..", "sluice"), tree.resolve("sluice"));
        Files.createDirectories(tree.resolve("server/src/main"));
        Files.createDirectories(tree.resolve("server/target"));
        Files.writeString(tree.resolve("server/pom.xml"), "");
        Files.writeString(tree.resolve("pom.xml"), "");
        Files.writeString(tree.resolve("server/target/sluice.jar"), "");
    }

    @Test
    void takesANewerJdkFromTheSystemFoldersWhereJavaHomeIsOld() throws Exception {
        var old = jdk("jdk-17", "17.0.15");
        jdk("jvm/jdk-25", "25.0.3");

        var run = launch(old, "version", "--flag with blank");

        assertThat(run.output).contains("jdk-25 runs").contains("sluice.jar version --flag with blank");
        assertThat(run.code).isZero();
    }

    @Test
    void takesJavaHomeFirst() throws Exception {
        var mine = jdk("mine", "26");
        jdk("jvm/jdk-25", "25.0.3");

        var run = launch(mine, "version");

        assertThat(run.output).contains("mine runs");
    }

    @Test
    void saysWhatToInstallWhereThereIsOnlyAnOldJdk() throws Exception {
        var old = jdk("jdk-17", "17.0.15");

        var run = launch(old, "version");

        assertThat(run.code).isEqualTo(1);
        assertThat(run.output)
                .contains("needs a JDK 25 or newer")
                .contains(old + " (17)")
                .contains("temurin-25-jdk");
    }

    @Test
    void buildsWhatIsStaleAndStopsWhereThatFails() throws Exception {
        var jdk = jdk("mine", "25");
        Files.delete(tree.resolve("server/target/sluice.jar"));
        script(tree.resolve("mvnw"), "echo building with \"$@\" >&2; exit 3");

        var run = launch(jdk, "version");

        assertThat(run.code).isEqualTo(1);
        assertThat(run.output).contains("-pl server -am package").doesNotContain("mine runs");
        assertThat(tree.resolve("server/target/sluice.jar")).doesNotExist();
    }

    @Test
    void aSecondCommandWaitsForTheBuildOfTheFirst() throws Exception {
        var jdk = jdk("mine", "25");
        Files.delete(tree.resolve("server/target/sluice.jar"));
        var builds = tree.resolve("builds");
        var gate = tree.resolve("gate");
        assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor())
                .isZero();
        script(tree.resolve("mvnw"), "echo built >>builds; read go <gate; echo >server/target/sluice.jar");

        // A pipe that is opened for both does not wait for its other end.
        try (var opening = new RandomAccessFile(gate.toFile(), "rw")) {
            var first = start(jdk, "first");
            Eventually.holds(() -> Files.exists(builds));
            var second = start(jdk, "second");
            var waiting = second.inputReader().readLine();
            opening.writeBytes("go\n");

            assertThat(waiting).contains("another command builds");
            assertThat(ended(first).output).contains("mine runs").contains("sluice.jar first");
            assertThat(ended(second).output).contains("mine runs").contains("sluice.jar second");
            assertThat(builds).hasContent("built");
        }
    }

    private Path jdk(String name, String version) throws IOException {
        var folder = tree.resolve(name);
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        script(folder.resolve("bin/java"), "echo " + folder.getFileName() + " runs \"$@\"");
        script(folder.resolve("bin/javac"), "exit 0");
        return folder;
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Run launch(Path javaHome, String... arguments) throws IOException, InterruptedException {
        return ended(start(javaHome, arguments));
    }

    private Process start(Path javaHome, String... arguments) throws IOException {
        var command = new java.util.ArrayList<>(
                List.of("/usr/bin/env", "bash", tree.resolve("sluice").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", "/usr/bin:/bin",
                        "JAVA_HOME", javaHome.toString(),
                        "SLUICE_JDK_FOLDERS", tree.resolve("jvm").toString()));
        var process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static Run ended(Process process) throws IOException, InterruptedException {
        var output = new StringBuilder();
        process.inputReader().lines().forEach(line -> output.append(line).append('\n'));
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output.toString());
    }

    private record Run(int code, String output) {}
}
