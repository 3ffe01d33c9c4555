package io.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server under load as a child process, bound to its own CPU. Closing it ends the process. */
public final class ServerProcess implements AutoCloseable {
    private static final int START_TIMEOUT_MILLIS = 20_000;

    private final String name;
    private final Process process;
    private final InetSocketAddress address;
    private final Path log;

    private ServerProcess(String name, Process process, InetSocketAddress address, Path log) {
        this.name = name;
        this.process = process;
        this.address = address;
        this.log = log;
    }

    /**
     * Starts {@code command} and waits until {@code port} takes connections.
     *
     * @param cpus a CPU list as taskset reads it, or empty for all
     */
    public static ServerProcess start(
            String name, List<String> command, Map<String, String> environment, int port, String cpus, Path folder)
            throws IOException {
        Files.createDirectories(folder);
        var whole = new ArrayList<String>();
        if (!cpus.isEmpty()) {
            whole.addAll(List.of("taskset", "-c", cpus));
        }
        whole.addAll(command);
        var log = folder.resolve(name + ".log");
        var builder = new ProcessBuilder(whole)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        var server = new ServerProcess(
                name, builder.start(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port), log);
        Runtime.getRuntime().addShutdownHook(new Thread(server.process::destroyForcibly));
        server.awaitPort();
        return server;
    }

    /** A port that was free a moment ago. */
    public static int freePort() throws IOException {
        try (var probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public InetSocketAddress address() {
        return address;
    }

    public String host() {
        return "127.0.0.1:" + address.getPort();
    }

    public ProcessUsage usage() {
        return ProcessUsage.withChildren(process.pid());
    }

    private void awaitPort() throws IOException {
        for (int waited = 0; waited < START_TIMEOUT_MILLIS; waited += 20) {
            if (!process.isAlive()) {
                throw new IOException(name + " ended with " + process.exitValue() + ": " + tail());
            }
            try (var probe = new Socket()) {
                probe.connect(address, 1000);
                return;
            } catch (IOException notYet) {
                pause();
            }
        }
        close();
        throw new IOException(name + " did not listen within " + START_TIMEOUT_MILLIS + " ms: " + tail());
    }

    private void pause() throws IOException {
        try {
            process.waitFor(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting " + name, interrupted);
        }
    }

    private String tail() throws IOException {
        var text = Files.readString(log);
        return text.substring(Math.max(0, text.length() - 2000));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
