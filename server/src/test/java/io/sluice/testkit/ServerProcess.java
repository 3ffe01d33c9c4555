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
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * {@code sluice demo} or {@code serve} as a process of its own, from the classes under test: it can be killed as only a process can, and started
 * again on the same port and data. Used by one thread.
 */
public final class ServerProcess implements ServerAddress, AutoCloseable {
    private static final long STARTS_WITHIN_SECONDS = 60;
    private static final Pattern EDGE = Pattern.compile("(?:demos\\s+|addresses=\\[)(http://[^\\s/,\\]]+)");

    private final IntFunction<ProcessBuilder> onPort;
    private Process process;
    private URI edge;

    /** @param onPort the process that listens on this port; 0: on a free one */
    private ServerProcess(IntFunction<ProcessBuilder> onPort) {
        this.onPort = onPort;
        var started = start(onPort.apply(0));
        this.process = started.process;
        this.edge = started.edge;
    }

    /** Starts on a free port, with these variables too, such as {@code SLUICE_HUB_MAX_CHANNELS}. */
    public static ServerProcess demo(Path data, Map<String, String> environment) {
        return new ServerProcess(port -> {
            var builder = new ProcessBuilder(
                    command("demo", "--port", "" + port, "--admin-port", "0", "--data", data.toString()));
            builder.environment().putAll(environment);
            return builder;
        });
    }

    /** {@code sluice serve} with this configuration, on free ports. */
    public static ServerProcess serving(Path config) {
        return new ServerProcess(port -> {
            var builder = new ProcessBuilder(command("serve", "--config", config.toString()));
            builder.environment().putAll(Map.of("SLUICE_EDGE_PORT", "" + port, "SLUICE_ADMIN_PORT", "0"));
            return builder;
        });
    }

    /** Where the edge listens; the same after a restart. */
    public URI edge() {
        return edge;
    }

    @Override
    public URI uri(String path) {
        return edge.resolve(path);
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
        var started = start(onPort.apply(edge.getPort()));
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

    private static Started start(ProcessBuilder builder) {
        try {
            var process = builder.redirectErrorStream(true).start();
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
