package io.sluice.testkit;

import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts a JVM with the class path of the tests, as several hundred processes of one run do. Most of what such a
 * process does in its short life is loading classes, so the first to ask packs the folders of classes and keeps the classes of
 * one start of the server loaded and linked (JEP 514); a later build with other classes does so again.
 */
public final class TestJvm {
    private static final String STARTED = "started version=";
    private static final long REHEARSAL_SECONDS = 120;

    /** The best compiler pays off after minutes. */
    private static final List<String> FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:+UseTransparentHugePages",
            "-XX:TieredStopAtLevel=1",
            "-Xlog:aot*=off");

    private static @Nullable TestJvm prepared;

    /** One for each class path: the tests of mutants have another than those of surefire. */
    private final Path home;

    private final List<Path> folders;
    private final String classPath;

    private TestJvm(List<Path> entries) {
        home = Path.of("target", "jvm-" + Integer.toHexString(entries.hashCode()))
                .toAbsolutePath();
        folders = entries.stream().filter(Files::isDirectory).toList();
        classPath = entries.stream()
                .map(entry -> folders.contains(entry) ? jar(entry) : entry)
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Runs a class of the tests or of what they test; {@code options} are the JVM's, such as {@code -Xmx96m}. */
    public static List<String> command(List<String> options, String main, String... arguments) {
        var jvm = prepared();
        var command = jvm.java("-XX:AOTCache=" + jvm.cache());
        command.addAll(options);
        command.add(main);
        command.addAll(List.of(arguments));
        return command;
    }

    private static synchronized TestJvm prepared() {
        var known = prepared;
        if (known != null) {
            return known;
        }
        var entries = Objects.requireNonNullElse(
                        System.getProperty("surefire.test.class.path"), System.getProperty("java.class.path"))
                .split(File.pathSeparator);
        var jvm = new TestJvm(Arrays.stream(entries)
                .map(entry -> Path.of(entry).toAbsolutePath())
                .toList());
        try {
            OncePerBuild.in(jvm.home, jvm.newest(), home -> jvm.prepare());
        } catch (IOException | InterruptedException failure) {
            throw new IllegalStateException("no JVM for tests", failure);
        }
        prepared = jvm;
        return jvm;
    }

    private List<String> java(String option) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", classPath, option));
        return command;
    }

    private Path cache() {
        return home.resolve("classes.aot");
    }

    private Path jar(Path folder) {
        return home.resolve("classes" + folders.indexOf(folder) + ".jar");
    }

    private FileTime newest() throws IOException {
        var newest = FileTime.fromMillis(0);
        for (var folder : folders) {
            try (var files = Files.walk(folder)) {
                for (var file : files.toList()) {
                    var time = Files.getLastModifiedTime(file);
                    newest = time.compareTo(newest) > 0 ? time : newest;
                }
            }
        }
        return newest;
    }

    private void prepare() throws IOException, InterruptedException {
        for (var folder : folders) {
            int code = ToolProvider.findFirst("jar")
                    .orElseThrow()
                    .run(System.out, System.err, "--create", "--file=" + jar(folder), "-C", folder.toString(), ".");
            if (code != 0) {
                throw new IOException("jar ended with " + code);
            }
        }
        rehearse();
    }

    /** Starts the server once and ends it in peace, at which the JVM writes what it had loaded. */
    private void rehearse() throws IOException, InterruptedException {
        Files.deleteIfExists(cache());
        var command = java("-XX:AOTCacheOutput=" + cache());
        command.addAll(List.of("io.sluice.Main", "demo", "--port", "0", "--admin-port", "0"));
        command.addAll(List.of("--data", home.resolve("data").toString()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(REHEARSAL_SECONDS, TimeUnit.SECONDS)
                .execute(() -> process.toHandle().destroyForcibly());
        try (var said = process.inputReader()) {
            var line = said.readLine();
            while (line != null && !line.contains(STARTED)) {
                line = said.readLine();
            }
            process.toHandle().destroy(); // unlike the process itself, leaves what it prints readable
            said.transferTo(Writer.nullWriter());
            process.waitFor();
            if (!Files.exists(cache())) {
                throw new IOException("the server did not start and end; the last line: " + line);
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
