package io.sluice.bench;

import io.sluice.cli.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Deliveries to a receiver in this process, requests of a provider, and what webhooks cost that have nothing to do. */
@Command(
        name = "webhooks",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench webhooks"},
        description = "Webhooks: deliveries per second and their latency, hooks that come in, idle ones.")
final class WebhooksBench implements Callable<Integer> {
    private static final String SETTINGS = """
            webhooks:
              allow: [127.0.0.0/8]
              max_webhooks: 100000
              in:
                bench: {style: github, secrets: ['%s'], channel: bench-in}
            """.formatted(WebhooksLoad.HOOK_SECRET);

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--webhooks", description = "How many share the rate. Default: ${DEFAULT-VALUE}")
    private int webhooks = 10;

    @Option(names = "--rate", description = "Publications a second over all. Default: ${DEFAULT-VALUE}")
    private int rate = 500;

    @Option(names = "--seconds", description = "Measured seconds. Default: ${DEFAULT-VALUE}")
    private int seconds = 20;

    @Option(names = "--warmup", description = "Seconds before. Default: ${DEFAULT-VALUE}")
    private int warmup = 10;

    @Option(names = "--backlog", description = "Publications per webhook to catch up with. Default: ${DEFAULT-VALUE}")
    private int backlog = 2_000;

    @Option(names = "--idle", description = "How many idle webhooks. Default: ${DEFAULT-VALUE}")
    private int idle = 10_000;

    @Option(names = "--idle-channels", split = ",", description = "Over how many channels. Default: ${DEFAULT-VALUE}")
    private List<Integer> idleChannels = List.of(1, 10_000);

    @Option(names = "--idle-seconds", description = "How long they stay idle. Default: ${DEFAULT-VALUE}")
    private int idleSeconds = 20;

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.bindClient();
        var report = new Report("webhooks", options);
        try (var server = new Servers(options).start("sluice", new SluiceSettings("disk").with(SETTINGS));
                var load = new WebhooksLoad(server.host())) {
            deliver(server, load, report);
            receive(server, load, report);
        }
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "channels",
                "empty RSS MB",
                "with them MB",
                "RSS each",
                "after a GC each",
                "CPU with none",
                "CPU with them"));
        for (var channels : idleChannels) {
            try (var server = new Servers(options).start("sluice", new SluiceSettings("disk").with(SETTINGS));
                    var load = new WebhooksLoad(server.host())) {
                table.add(idle(server, load, channels, report));
            }
        }
        report.table("%,d webhooks with nothing to deliver".formatted(idle), table);
        report.write();
        return 0;
    }

    private void deliver(ServerProcess server, WebhooksLoad load, Report report)
            throws IOException, InterruptedException {
        for (int i = 0; i < webhooks; i++) {
            load.make("bench-" + i, "bench-out-" + i);
        }
        double cpu;
        long start;
        long sent;
        try (var progress = Progress.of("seconds at an even rate", warmup + seconds)) {
            load.publishAtRate(rate, warmup, webhooks, progress::step);
            load.reset();
            cpu = server.usage().cpuSeconds();
            start = System.nanoTime();
            sent = load.publishAtRate(rate, seconds, webhooks, progress::step);
            load.awaitDelivered(sent, delivered -> {});
        }
        double took = (System.nanoTime() - start) / 1e9;
        var steady = sample("steady", sent, took, server.usage().cpuSeconds() - cpu, load.latency());

        load.reset();
        load.pause(webhooks, true);
        load.backlog(webhooks, backlog);
        long behind = (long) webhooks * backlog;
        try (var progress = Progress.of("deliveries of a backlog", behind)) {
            cpu = server.usage().cpuSeconds();
            start = System.nanoTime();
            load.pause(webhooks, false);
            load.awaitDelivered(behind, progress::done);
        }
        took = (System.nanoTime() - start) / 1e9;
        var catching = sample("backlog", behind, took, server.usage().cpuSeconds() - cpu, new Histogram(3));

        report.raw("webhooks", steady);
        report.raw("webhooks", catching);
        report.table(
                "%d webhooks, 128 bytes, disk engine: %d publications/s, then %,d each to catch up with"
                        .formatted(webhooks, rate, backlog),
                List.of(
                        List.of("load", "deliveries/s", "per server CPU s", "p50 ms", "p99 ms", "max ms"),
                        steady.cells(),
                        catching.cells()));
        if (load.disorder() > 0) {
            throw new IOException(load.disorder() + " deliveries came out of order");
        }
    }

    private static Sample sample(String load, long count, double took, double cpu, Histogram latency) {
        return new Sample(
                load,
                count / took,
                count / Math.max(0.01, cpu),
                latency.getValueAtPercentile(50) / 1e3,
                latency.getValueAtPercentile(99) / 1e3,
                latency.getMaxValue() / 1e3);
    }

    private void receive(ServerProcess server, WebhooksLoad load, Report report)
            throws IOException, InterruptedException {
        double used;
        Histogram latency;
        try (var progress = Progress.of("requests of a provider", 2_000 + 5_000)) {
            load.callHook(2_000, progress::step);
            double cpu = server.usage().cpuSeconds();
            latency = load.callHook(5_000, progress::step);
            used = server.usage().cpuSeconds() - cpu;
        }
        report.raw("received", List.of(latency.getValueAtPercentile(50), latency.getValueAtPercentile(99), used));
        report.table(
                "5,000 signed requests of a provider, one after the other, disk engine",
                List.of(
                        List.of("p50 ms", "p99 ms", "p99.9 ms", "max ms", "per server CPU s"),
                        List.of(
                                Report.number(latency.getValueAtPercentile(50) / 1e3),
                                Report.number(latency.getValueAtPercentile(99) / 1e3),
                                Report.number(latency.getValueAtPercentile(99.9) / 1e3),
                                Report.number(latency.getMaxValue() / 1e3),
                                Report.number(5_000 / used))));
    }

    private List<String> idle(ServerProcess server, WebhooksLoad load, int channels, Report report)
            throws IOException, InterruptedException {
        pause(3);
        double withNone = cpuShare(server);
        // What the first ones load and compile is not what one costs.
        for (int i = 0; i < 200; i++) {
            load.make("first-" + i, "idle-first");
        }
        IdleSample.collect(server);
        pause(3);
        long empty = server.usage().residentBytes();
        try (var progress = Progress.of("idle webhooks", idle)) {
            for (int i = 0; i < idle; i++) {
                load.make("idle-" + i, "idle-" + i % channels);
                progress.step();
            }
        }
        pause(3);
        long rss = server.usage().residentBytes();
        double withThem = cpuShare(server);
        IdleSample.collect(server);
        long collected = server.usage().residentBytes();
        report.raw("idle", List.of(channels, empty, rss, collected, withNone, withThem));
        return List.of(
                "%,d".formatted(channels),
                Report.number(empty / 1e6),
                Report.number(rss / 1e6),
                Report.number((double) (rss - empty) / idle),
                Report.number((double) (collected - empty) / idle),
                Report.number(100 * withNone) + "%",
                Report.number(100 * withThem) + "%");
    }

    /** Of one CPU, while nothing happens. */
    private double cpuShare(ServerProcess server) throws IOException {
        double cpu = server.usage().cpuSeconds();
        try (var progress = Progress.of("seconds of idling", idleSeconds)) {
            for (int i = 0; i < idleSeconds; i++) {
                pause(1);
                progress.step();
            }
        }
        return (server.usage().cpuSeconds() - cpu) / idleSeconds;
    }

    private static void pause(int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Latencies in milliseconds. */
    record Sample(String load, double perSecond, double perCpuSecond, double p50, double p99, double max) {
        List<String> cells() {
            boolean timed = max > 0;
            return List.of(
                    load,
                    Report.number(perSecond),
                    Report.number(perCpuSecond),
                    timed ? Report.number(p50) : "-",
                    timed ? Report.number(p99) : "-",
                    timed ? Report.number(max) : "-");
        }
    }
}
