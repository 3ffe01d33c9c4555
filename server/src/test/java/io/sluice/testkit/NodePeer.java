package io.sluice.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Runs scripts of the test resources' {@code peers} folder in Node, with packages of npm installed below target. */
public final class NodePeer {
    private static final long INSTALL_SECONDS = 180;
    private static final long RUN_SECONDS = 60;

    private final Path folder;

    private NodePeer(Path folder) {
        this.folder = folder;
    }

    /** With these packages, each as {@code name@version}; installed once and kept until the build folder is cleaned. */
    public static NodePeer with(String... packages) throws IOException, InterruptedException {
        var folder = Path.of("target", "peers-" + Integer.toHexString(Arrays.hashCode(packages)));
        OncePerBuild.in(folder, within -> install(within, packages));
        return new NodePeer(folder);
    }

    private static void install(Path folder, String... packages) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("package.json"), "{\"private\":true,\"type\":\"module\"}");
        var command = new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund"));
        command.addAll(List.of(packages));
        var output = folder.resolve("npm.log");
        if (run(folder, output, INSTALL_SECONDS, command) != 0) {
            throw new IllegalStateException("this test needs Node and npm with a registry within reach, for "
                    + String.join(" ", packages) + ": " + Files.readString(output));
        }
    }

    /** A file of an installed package. */
    public Path installed(String file) {
        return folder.resolve("node_modules").resolve(file).toAbsolutePath();
    }

    /** Runs a script until it ends; what it printed, line by line. Fails when the script does. */
    public List<String> run(String script, String... arguments) throws IOException, InterruptedException {
        try (InputStream source = NodePeer.class.getResourceAsStream("/peers/" + script)) {
            Files.copy(Objects.requireNonNull(source), folder.resolve(script), StandardCopyOption.REPLACE_EXISTING);
        }
        var command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile("peer", ".out");
        try {
            int code = run(folder, output, RUN_SECONDS, command);
            var printed = Files.readString(output, StandardCharsets.UTF_8);
            if (code != 0) {
                throw new AssertionError(script + " ended with " + code + ": " + printed);
            }
            return printed.lines().toList();
        } finally {
            Files.delete(output);
        }
    }

    private static int run(Path folder, Path output, long seconds, List<String> command)
            throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } finally {
            process.destroyForcibly();
        }
    }
}
