package io.sluice.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Runs a Java source of the test resources' {@code peers} folder in a JVM and with a class path of its own: that of the
 * {@code pom.xml} beside it, copied once and kept until the build folder is cleaned.
 */
public final class MavenPeer {
    private static final long INSTALL_SECONDS = 180;
    private static final Duration RUN = Duration.ofMinutes(2);

    private final String name;
    private final Path folder;
    private final Duration limit;

    private MavenPeer(String name, Path folder, Duration limit) {
        this.name = name;
        this.folder = folder;
        this.limit = limit;
    }

    /** The same, which may run for so long. */
    public MavenPeer within(Duration other) {
        return new MavenPeer(name, folder, other);
    }

    /** The peer in {@code peers/name}. */
    public static MavenPeer named(String name) throws IOException, InterruptedException {
        var peer = new MavenPeer(name, Path.of("target", "peer-" + name).toAbsolutePath(), RUN);
        OncePerBuild.in(peer.folder, within -> peer.install());
        return peer;
    }

    private void install() throws IOException, InterruptedException {
        var output = folder.resolve("maven.log");
        var command = List.of(
                Path.of("..", "mvnw").toAbsolutePath().toString(),
                "-q",
                "-B",
                "-f",
                source("pom.xml").toString(),
                "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies",
                "-DoutputDirectory=" + folder.resolve("lib"));
        if (run(output, INSTALL_SECONDS, command) != 0) {
            throw new IllegalStateException(
                    "this test needs Maven Central within reach, for " + name + ": " + Files.readString(output));
        }
    }

    /** Runs {@code file} until it ends; what it printed, line by line. Fails when it does. */
    public List<String> run(String file, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                folder.resolve("lib") + File.separator + "*",
                source(file).toString()));
        command.addAll(List.of(arguments));
        var output = folder.resolve(file + ".log");
        int code = run(output, limit.toSeconds(), command);
        var printed = Files.readString(output);
        if (code != 0) {
            throw new AssertionError(file + " ended with " + code + ": " + printed);
        }
        return printed.lines().toList();
    }

    private Path source(String file) throws IOException {
        try (InputStream source = MavenPeer.class.getResourceAsStream("/peers/" + name + "/" + file)) {
            var copy = folder.resolve(file);
            Files.copy(Objects.requireNonNull(source), copy, StandardCopyOption.REPLACE_EXISTING);
            return copy;
        }
    }

    private int run(Path output, long seconds, List<String> command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(String.join(" ", command) + " did not end: " + Files.readString(output));
        }
        return process.exitValue();
    }
}
