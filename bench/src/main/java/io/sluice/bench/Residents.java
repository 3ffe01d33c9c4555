package io.sluice.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * The sessions that stay in a storm, as a process of their own: they get a message 20 times a second and measure how long it took. A
 * process, so that what they measure is the server and not the load tool, whose other thread plays ten thousand clients.
 */
final class Residents implements AutoCloseable {
    private static final long INTERVAL_NANOS = 50_000_000L;
    private static final String CHANNEL = "storm-residents";
    private static final int SIZE = 128;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Process process;
    private final PrintStream commands;
    private final BufferedReader answers;

    /** @param lost messages that did not follow the one before, and gaps that the server told */
    record Latency(double p50Millis, double p99Millis, double maxMillis, long count, long lost, long closed) {
        private static Latency of(Deliveries deliveries, long closedByPeer) {
            var latency = deliveries.latency();
            return new Latency(
                    latency.getValueAtPercentile(50) / 1e6,
                    latency.getValueAtPercentile(99) / 1e6,
                    latency.getMaxValue() / 1e6,
                    deliveries.count(),
                    deliveries.outOfOrder() + deliveries.gaps(),
                    closedByPeer);
        }
    }

    /** Starts them and returns once they are subscribed. */
    Residents(BenchOptions options, int port, int count) throws IOException {
        var command = List.of(
                Servers.java(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator)),
                Residents.class.getName(),
                Integer.toString(port),
                Integer.toString(count));
        process = new ProcessBuilder(options.onClientCpus(command))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
        latency();
    }

    /** What they measured since the last call. */
    Latency latency() throws IOException {
        commands.println("report");
        var line = answers.readLine();
        if (line == null) {
            throw new IOException("the residents ended");
        }
        return JSON.readValue(line, Latency.class);
    }

    @Override
    public void close() {
        process.destroy();
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        var host = "127.0.0.1:" + port;
        var stayed = new Deliveries();
        try (var loop = new LoadLoop()) {
            var publisher = loop.open(1, server, new WebSocketDialect(host, new Deliveries()))
                    .getFirst();
            FanoutLoad.subscribe(loop, loop.open(count, server, new WebSocketDialect(host, stayed)), CHANNEL);
            serve(loop, publisher, stayed);
        }
    }

    private static void serve(LoadLoop loop, LoadSocket publisher, Deliveries stayed) throws IOException {
        int sequence = 0;
        long next = System.nanoTime();
        while (true) {
            loop.poll(1_000_000);
            if (System.nanoTime() - next >= 0) {
                publisher.sendFrame("{\"id\":1,\"type\":\"publish\",\"channel\":\"" + CHANNEL + "\",\"data\":"
                        + Stamp.data(next, ++sequence, SIZE) + "}");
                next += INTERVAL_NANOS;
            }
            while (System.in.available() > 0) {
                int command = System.in.read();
                if (command == '\n') {
                    System.out.println(JSON.writeValueAsString(Latency.of(stayed, loop.closedByPeer())));
                    stayed.reset();
                }
            }
        }
    }
}
