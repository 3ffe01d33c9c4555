package io.sluice.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * {@code sluice demo} or {@code serve} as a process of its own, from the classes under test: it can be killed as only a process can, and started
 * again on the same port and data. Used by one thread.
 */
public final class ServerProcess implements ServerAddress, AutoCloseable {
    private static final long STARTS_WITHIN_SECONDS = 60;
    private static final Pattern ADDRESSES =
            Pattern.compile("addresses=\\[(http://[^\\s/,\\]]+), (http://[^\\s/,\\]]+)");

    private final Ports ports;
    private Process process;
    private Addresses addresses;

    private ServerProcess(Ports ports) {
        this.ports = ports;
        var started = start(ports.listening(0, 0));
        this.process = started.process;
        this.addresses = started.addresses;
    }

    /** The process that listens on these ports; 0: on free ones. */
    @FunctionalInterface
    private interface Ports {
        ProcessBuilder listening(int edge, int admin);
    }

    private record Addresses(URI edge, URI admin) {}

    /** Starts on a free port, with these variables too, such as {@code SLUICE_HUB_MAX_CHANNELS}. */
    public static ServerProcess demo(Path data, Map<String, String> environment) {
        return new ServerProcess((edge, admin) -> {
            var builder = new ProcessBuilder(
                    command("demo", "--port", "" + edge, "--admin-port", "" + admin, "--data", data.toString()));
            builder.environment().putAll(environment);
            return builder;
        });
    }

    /** {@code sluice serve} with this configuration, on free ports. */
    public static ServerProcess serving(Path config) {
        return serving(command(), config);
    }

    /** The same by another command than the classes under test, such as the built jar. */
    public static ServerProcess serving(List<String> sluice, Path config) {
        return new ServerProcess((edge, admin) -> {
            var whole = new ArrayList<>(sluice);
            whole.addAll(List.of("serve", "--config", config.toString()));
            var builder = new ProcessBuilder(whole);
            builder.environment().putAll(Map.of("SLUICE_EDGE_PORT", "" + edge, "SLUICE_ADMIN_PORT", "" + admin));
            return builder;
        });
    }

    /** {@code sluice serve} by this launcher, on free ports, with these variables too. */
    public static ServerProcess launched(Path launcher, Map<String, String> environment) {
        return new ServerProcess((edge, admin) -> {
            var builder = new ProcessBuilder("/usr/bin/env", "bash", launcher.toString(), "serve");
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().putAll(Map.of("SLUICE_EDGE_PORT", "" + edge, "SLUICE_ADMIN_PORT", "" + admin));
            builder.environment().putAll(environment);
            return builder;
        });
    }

    /** The process as the kernel knows it; another one after a restart. */
    public long pid() {
        return process.pid();
    }

    /** Where the edge listens; the same after a restart. */
    public URI edge() {
        return addresses.edge;
    }

    /** Where the admin listener is; the same after a restart. */
    public URI admin() {
        return addresses.admin;
    }

    @Override
    public URI uri(String path) {
        return edge().resolve(path);
    }

    /** The command that runs a Sluice command line from the classes under test. */
    public static List<String> command(String... arguments) {
        return TestJvm.command(List.of("-Xmx256m"), "io.sluice.Main", arguments);
    }

    /** Ends the process as {@code kill -9} does. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Starts again where it was, on the same ports and data. */
    public void startAgain() {
        var started = start(ports.listening(edge().getPort(), admin().getPort()));
        process = started.process;
        addresses = started.addresses;
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

    private record Started(Process process, Addresses addresses) {}

    private static Started start(ProcessBuilder builder) {
        try {
            var process = builder.redirectErrorStream(true).start();
            var said = new ConcurrentLinkedQueue<String>();
            var addresses = new CompletableFuture<Addresses>();
            Thread.ofVirtual().start(() -> listen(process, said, addresses));
            try {
                return new Started(process, addresses.get(STARTS_WITHIN_SECONDS, TimeUnit.SECONDS));
            } catch (InterruptedException | ExecutionException | TimeoutException failure) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "the server did not start; it said:\n" + String.join("\n", said), failure);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void listen(
            Process process, ConcurrentLinkedQueue<String> said, CompletableFuture<Addresses> addresses) {
        try (BufferedReader reader = process.inputReader()) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!addresses.isDone()) {
                    said.add(line);
                }
                var found = ADDRESSES.matcher(line);
                if (found.find()) {
                    addresses.complete(new Addresses(URI.create(found.group(1)), URI.create(found.group(2))));
                }
            }
            addresses.completeExceptionally(new IOException("it ended"));
        } catch (IOException closed) {
            addresses.completeExceptionally(closed);
        }
    }
}
