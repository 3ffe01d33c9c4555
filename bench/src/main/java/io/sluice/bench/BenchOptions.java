package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all benchmarks have in common. */
public final class BenchOptions {
    @Option(
            names = "--server-cpus",
            description = "CPUs of the server, as taskset reads them; 'all' binds none. Default: 0")
    private String serverCpus = "0";

    @Option(names = "--client-cpus", description = "CPUs of the load generator; 'all' binds none. Default: 1")
    private String clientCpus = "1";

    @Option(names = "--jvm", description = "JVM flags of the server instead of the launcher's, separated by spaces")
    private @Nullable String jvm;

    @Option(names = "--note", description = "A line to put into the result file, such as why this was run")
    private String note = "";

    @Option(names = "--dry", description = "Print only; write nothing to bench/results")
    private boolean dry;

    public String serverCpus() {
        return single() || serverCpus.equals("all") ? "" : serverCpus;
    }

    /** The flags that the launcher starts the server with: read from it, so that the two never differ. */
    public List<String> serverFlags() throws IOException {
        if (jvm != null) {
            return jvm.isBlank() ? List.of() : List.of(jvm.trim().split("\\s+"));
        }
        return Files.readAllLines(home().resolve("sluice")).stream()
                .dropWhile(line -> !line.startsWith("readonly SERVER_FLAGS=("))
                .skip(1)
                .takeWhile(line -> !line.startsWith(")"))
                .map(String::trim)
                .filter(line -> line.startsWith("-"))
                .toList();
    }

    public String note() {
        return note;
    }

    public boolean dry() {
        return dry;
    }

    /** The repository's root: {@code sluice.home} or the nearest folder above that holds the bench module. */
    public Path home() throws IOException {
        var said = System.getProperty("sluice.home");
        var folder = Path.of(said != null ? said : "").toAbsolutePath();
        for (var at = folder; at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("bench/pom.xml"))) {
                return at;
            }
        }
        throw new IOException("run it inside the repository: no bench/pom.xml above " + folder);
    }

    /** Binds all threads of this process to the client's CPUs. */
    public void bindClient() throws IOException {
        if (single() || clientCpus.equals("all")) {
            return;
        }
        quietly(
                "taskset",
                "-a",
                "-c",
                "-p",
                clientCpus,
                Long.toString(ProcessHandle.current().pid()));
    }

    private static void quietly(String... command) throws IOException {
        var process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("failed: " + String.join(" ", command));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** Puts {@code command} on the client's CPUs, where it runs only while nobody else wants to: Linux's SCHED_IDLE. */
    public List<String> inTheBackground(List<String> command) {
        var whole = new ArrayList<>(List.of("chrt", "--idle", "0"));
        whole.addAll(command);
        return onClientCpus(whole);
    }

    /** Puts {@code command} on the client's CPUs. */
    List<String> onClientCpus(List<String> command) {
        return onCpus(single() || clientCpus.equals("all") ? "" : clientCpus, command);
    }

    /** Puts {@code command} on the server's CPUs. */
    List<String> onServerCpus(List<String> command) {
        return onCpus(serverCpus(), command);
    }

    private static List<String> onCpus(String cpus, List<String> command) {
        if (cpus.isEmpty()) {
            return command;
        }
        var whole = new ArrayList<>(List.of("taskset", "-c", cpus));
        whole.addAll(command);
        return whole;
    }

    /** Lets this process run only while nobody else on its CPUs wants to. */
    public void goToTheBackground() throws IOException {
        quietly(
                "chrt",
                "--idle",
                "--all-tasks",
                "--pid",
                "0",
                Long.toString(ProcessHandle.current().pid()));
    }

    private static boolean single() {
        return Runtime.getRuntime().availableProcessors() < 2 && !Files.exists(Path.of("/sys/devices/system/cpu/cpu1"));
    }
}
