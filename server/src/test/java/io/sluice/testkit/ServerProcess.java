package io.sluice.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * {@code sluice demo} as a process of its own, from the classes under test: it can be killed as only a process can, and started
 * again on the same port and data. Used by one thread.
 */
public final class ServerProcess implements AutoCloseable {
    private static final long STARTS_WITHIN_SECONDS = 60;
    private static final Pattern EDGE = Pattern.compile("chat page\\s+(http://[^\\s/]+)");

    private final Path data;
    private final Map<String, String> environment;
    private Process process;
    private URI edge;

    private ServerProcess(Path data, Map<String, String> environment, int port) {
        this.data = data;
        this.environment = environment;
        var started = start(data, environment, port);
        this.process = started.process;
        this.edge = started.edge;
    }

    /** Starts on a free port, with these variables too, such as {@code SLUICE_HUB_MAX_CHANNELS}. */
    public static ServerProcess demo(Path data, Map<String, String> environment) {
        return new ServerProcess(data, environment, 0);
    }

    /** Where the edge listens; the same after a restart. */
    public URI edge() {
        return edge;
    }

    /** The command that runs a Sluice command line from the classes under test. */
    public static List<String> command(String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                Objects.requireNonNullElse(
                        System.getProperty("surefire.test.class.path"), System.getProperty("java.class.path")),
                "io.sluice.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Ends the process as {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Starts again where it was, on the same port and data. */
    public void startAgain() {
        var started = start(data, environment, edge.getPort());
        process = started.process;
        edge = started.edge;
    }

    @Override
    public void close() {
        kill();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private record Started(Process process, URI edge) {}

    private static Started start(Path data, Map<String, String> environment, int port) {
        var builder = new ProcessBuilder(
                        command("demo", "--port", "" + port, "--admin-port", "0", "--data", data.toString()))
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            var process = builder.start();
            var said = new ConcurrentLinkedQueue<String>();
            var edge = new CompletableFuture<URI>();
            Thread.ofVirtual().start(() -> listen(process, said, edge));
            try {
                return new Started(process, edge.get(STARTS_WITHIN_SECONDS, TimeUnit.SECONDS));
            } catch (InterruptedException | ExecutionException | TimeoutException failure) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "the server did not start; it said:\n" + String.join("\n", said), failure);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void listen(Process process, ConcurrentLinkedQueue<String> said, CompletableFuture<URI> edge) {
        try (BufferedReader reader = process.inputReader()) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!edge.isDone()) {
                    said.add(line);
                }
                var found = EDGE.matcher(line);
                if (found.find()) {
                    edge.complete(URI.create(found.group(1)));
                }
            }
            edge.completeExceptionally(new IOException("it ended"));
        } catch (IOException closed) {
            edge.completeExceptionally(closed);
        }
    }
}
