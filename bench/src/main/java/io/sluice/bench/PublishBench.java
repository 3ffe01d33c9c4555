package io.sluice.bench;

import io.sluice.cli.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes over HTTP into the disk engine. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench publish --publishers 64"},
        description = "Publishes per second and their latency over keep-alive HTTP, by durability.")
final class PublishBench implements Callable<Integer> {
    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--publishers", description = "Concurrent keep-alive connections. Default: ${DEFAULT-VALUE}")
    private int publishers = 64;

    @Option(names = "--channels", description = "How many channels they share. Default: ${DEFAULT-VALUE}")
    private int channels = 64;

    @Option(names = "--size", description = "Bytes of data per message. Default: ${DEFAULT-VALUE}")
    private int size = 128;

    @Option(names = "--durability", split = ",", description = "memory, process, power. Default: ${DEFAULT-VALUE}")
    private List<String> durabilities = List.of("process", "power");

    @Option(names = "--seconds", description = "Measured seconds. Default: ${DEFAULT-VALUE}")
    private double seconds = 8;

    @Option(names = "--warmup", description = "Seconds before, in which the server compiles. Default: ${DEFAULT-VALUE}")
    private double warmup = 20;

    @Option(names = "--rounds", description = "Turns of each durability, there and back. Default: ${DEFAULT-VALUE}")
    private int rounds = 2;

    @Override
    public Integer call() throws IOException {
        options.bindClient();
        var report = new Report("publish", options);
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "durability",
                "publishes/s",
                "per server CPU s",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "max ms",
                "server CPU",
                "client CPU",
                "refused"));
        try (var progress = Progress.of("turns", (long) rounds * durabilities.size())) {
            for (int round = 0; round < rounds; round++) {
                for (var durability : round % 2 == 0 ? durabilities : durabilities.reversed()) {
                    table.add(measure(durability, report));
                    progress.step();
                }
            }
        }
        report.table("%d keep-alive publishers, %d channels, %d bytes".formatted(publishers, channels, size), table);
        report.write();
        return 0;
    }

    private List<String> measure(String durability, Report report) throws IOException {
        var settings = new SluiceSettings(durability.equals("memory") ? "memory" : "disk", durability);
        try (var loop = new LoadLoop();
                var server = new Servers(options).start("sluice", settings)) {
            var dialect = new PublishDialect(server.host(), channels, size);
            var sockets = loop.open(publishers, server.address(), dialect);
            dialect.reset(true);
            for (var socket : sockets) {
                dialect.publish(socket);
            }
            loop.await((long) (warmup * 1e9), () -> false);
            dialect.reset(true);
            long start = System.nanoTime();
            double cpu = server.usage().cpuSeconds();
            var own = new ProcessUsage(ProcessHandle.current().pid());
            double clientCpu = own.cpuSeconds();
            loop.await((long) (seconds * 1e9), () -> false);
            double took = (System.nanoTime() - start) / 1e9;
            if (loop.closedByPeer() > 0) {
                throw new IOException(loop.closedByPeer() + " connections were closed");
            }
            var sample = new Sample(
                    durability,
                    dialect.stored() / took,
                    dialect.stored() / Math.max(0.01, server.usage().cpuSeconds() - cpu),
                    dialect.latency().getValueAtPercentile(50) / 1e6,
                    dialect.latency().getValueAtPercentile(99) / 1e6,
                    dialect.latency().getValueAtPercentile(99.9) / 1e6,
                    dialect.latency().getMaxValue() / 1e6,
                    (server.usage().cpuSeconds() - cpu) / took,
                    (own.cpuSeconds() - clientCpu) / took,
                    dialect.refused().toString());
            report.raw("publish", sample);
            return sample.cells();
        }
    }

    /** Latencies in milliseconds; CPU as a share of one processor. */
    record Sample(
            String durability,
            double perSecond,
            double perCpuSecond,
            double p50,
            double p99,
            double p999,
            double max,
            double serverCpu,
            double clientCpu,
            String refused) {
        List<String> cells() {
            return List.of(
                    durability,
                    Report.number(perSecond),
                    Report.number(perCpuSecond),
                    Report.number(p50),
                    Report.number(p99),
                    Report.number(p999),
                    Report.number(max),
                    Report.number(100 * serverCpu) + "%",
                    Report.number(100 * clientCpu) + "%",
                    refused);
        }
    }
}
