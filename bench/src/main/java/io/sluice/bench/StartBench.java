package io.sluice.bench;

import io.sluice.cli.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long a start takes, and what an idle server holds. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench start"},
        description = "From the start of the process to the first 200 on /readyz, and resident memory when idle.")
final class StartBench implements Callable<Integer> {
    private static final long TIMEOUT_NANOS = 20_000_000_000L;
    private static final byte[] READY =
            "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--starts", description = "How often. Default: ${DEFAULT-VALUE}")
    private int starts = 7;

    @Option(names = "--idle", description = "Seconds before memory is read. Default: ${DEFAULT-VALUE}")
    private int idleSeconds = 5;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var report = new Report("start", options);
        var table = new ArrayList<List<String>>();
        table.add(List.of("start", "ready after s", "server CPU s", "RSS MB", "PSS MB"));
        var ready = new double[starts];
        try (var progress = Progress.of("starts", starts)) {
            for (int i = 0; i < starts; i++) {
                var sample = once();
                progress.step();
                ready[i] = sample.readySeconds();
                report.raw("start", sample);
                table.add(List.of(
                        Integer.toString(i + 1),
                        Report.number(sample.readySeconds()),
                        Report.number(sample.cpuSeconds()),
                        Report.number(sample.rss() / 1e6),
                        Report.number(sample.pss() / 1e6)));
            }
        }
        Arrays.sort(ready);
        report.table("From exec to the first 200 on /readyz, empty data folder", table);
        report.line("\nmedian " + Report.number(ready[starts / 2]) + " s, worst " + Report.number(ready[starts - 1])
                + " s");
        report.write();
        return 0;
    }

    private Sample once() throws IOException, InterruptedException {
        var servers = new Servers(options);
        int adminPort = ServerProcess.freePort();
        var command = servers.sluiceCommand(ServerProcess.freePort(), adminPort, new SluiceSettings("disk"));
        var log = servers.scratch().resolve("start.log").toFile();
        long start = System.nanoTime();
        var process = new ProcessBuilder(command)
                .directory(servers.scratch().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try {
            while (!isReady(adminPort)) {
                if (!process.isAlive() || System.nanoTime() - start > TIMEOUT_NANOS) {
                    throw new IOException("the server did not become ready, see " + log);
                }
                process.waitFor(5, TimeUnit.MILLISECONDS);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            var usage = new ProcessUsage(process.pid());
            double cpu = usage.cpuSeconds();
            process.waitFor(idleSeconds, TimeUnit.SECONDS);
            return new Sample(seconds, cpu, usage.residentBytes(), usage.proportionalBytes());
        } finally {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static boolean isReady(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1000);
            OutputStream out = socket.getOutputStream();
            out.write(READY);
            var head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return head.equals("HTTP/1.1 200");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Seconds and bytes. */
    record Sample(double readySeconds, double cpuSeconds, long rss, long pss) {}
}
