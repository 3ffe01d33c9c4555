package io.sluice.bench;

import io.sluice.cli.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One message to many subscribers. */
@Command(
        name = "fanout",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "  ./sluice bench fanout --rows a --servers sluice,bare",
            "  ./sluice bench fanout --rows a --transports graphql --against ws --servers sluice",
            "  ./sluice bench fanout --transports grpc --note \"before the change\""
        },
        description =
                "Deliveries per second and per server CPU second, and their latency, beside a bare loop and peers.")
final class FanoutBench implements Callable<Integer> {
    /** Seconds of warming up at most, per CPU second wanted: a server that is mostly idle never uses them. */
    private static final int MAX_WARMUP = 5;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(
            names = "--rows",
            split = ",",
            description = "a: 3,000 subscribers, one message at a time. b: 1,000 subscribers, "
                    + "300 messages/s. half: 100 subscribers at half of the maximum rate. Default: ${DEFAULT-VALUE}")
    private List<String> rows = List.of("a", "b", "half");

    @Option(
            names = "--transports",
            split = ",",
            description = "ws, sse, grpc, grpc-web, graphql, graphql-sse, longpoll, poll. Default: ${DEFAULT-VALUE}")
    private List<String> transports = List.of("ws", "sse");

    @Option(
            names = "--servers",
            split = ",",
            description = "sluice, bare, send, netty, uws, ws, grpc-java. Default: ${DEFAULT-VALUE}")
    private List<String> servers = List.of("sluice", "bare", "netty", "uws", "ws", "grpc-java");

    @Option(
            names = "--against",
            description =
                    "A transport that takes turns with each of --transports, as servers do, each with a server of its own: "
                            + "two that are measured one after the other are compared with whatever changed meanwhile")
    private @Nullable String against;

    @Option(names = "--subscribers", description = "Instead of the row's number")
    private int subscribers;

    @Option(names = "--rate", description = "Messages per second, instead of row b's")
    private double rate = 300;

    @Option(names = "--size", description = "Bytes of data per message. Default: ${DEFAULT-VALUE}")
    private int size = 128;

    @Option(
            names = "--spin",
            description =
                    "The load generator never sleeps. A send to a client on the same machine that sleeps pays for waking it, "
                            + "which says how busy the client is and not what the server costs")
    private boolean spin;

    @Option(names = "--engine", description = "Sluice's: disk or memory. Default: ${DEFAULT-VALUE}")
    private String engine = "disk";

    @Option(
            names = "--rounds",
            description = "Turns of each server, there and back (A B B A). Default: ${DEFAULT-VALUE}")
    private int rounds = 4;

    @Option(names = "--seconds", description = "Measured seconds per turn. Default: ${DEFAULT-VALUE}")
    private double seconds = 3;

    @Option(
            names = "--warmup",
            description = "CPU seconds that each server may spend on warming up. Default: ${DEFAULT-VALUE}")
    private double warmup = 8;

    @Override
    public Integer call() throws IOException {
        if (size < Stamp.MIN_SIZE) {
            throw new IOException("--size must be at least " + Stamp.MIN_SIZE);
        }
        options.bindClient();
        for (var row : rows) {
            for (var transport : transports) {
                // A report each: what was measured is kept even if a later row fails.
                var report = new Report("fanout", options);
                run(row, transport, report);
                report.write();
            }
        }
        return 0;
    }

    private void run(String row, String transport, Report report) throws IOException {
        int count = subscribers > 0 ? subscribers : usualSubscribers(row);
        var missing = new LinkedHashMap<String, String>();
        var samples = new ArrayList<FanoutSample>();
        var probes = new ArrayList<FanoutSample>();
        var rates = new LinkedHashMap<String, Double>();
        var started = new ArrayList<ServerProcess>();
        try (var loop = new LoadLoop(spin)) {
            try {
                var loads = open(loop, transport, count, started, missing);
                for (var load : loads.entrySet()) {
                    rates.put(load.getKey(), prepare(row, load.getValue(), probes));
                }
                var order = new ArrayList<>(loads.entrySet());
                try (var progress = Progress.of("turns", (long) rounds * order.size())) {
                    for (int round = 0; round < rounds; round++) {
                        for (var load : round % 2 == 0 ? order : order.reversed()) {
                            samples.add(turn(row, load.getValue(), rates.getOrDefault(load.getKey(), 0.0)));
                            progress.step();
                        }
                    }
                }
            } finally {
                started.forEach(ServerProcess::close);
            }
        }
        tell(row, transport, count, samples, missing, report);
        if (row.equals("half")) {
            tellMaximum(transport, count, rates, probes, report);
        }
    }

    /** Starts all that is compared, each with its readers; what cannot be had is {@code missing}. */
    private Map<String, FanoutLoad> open(
            LoadLoop loop, String transport, int count, List<ServerProcess> started, Map<String, String> missing)
            throws IOException {
        var loads = new LinkedHashMap<String, FanoutLoad>();
        for (var each : against == null ? List.of(transport) : List.of(transport, against)) {
            var kinds = new Servers(options, against == null ? "" : each);
            for (var name : servers) {
                if (!speaks(name, each)) {
                    continue;
                }
                var label = against == null ? name : name + " " + each;
                try {
                    var server = kinds.start(name, new SluiceSettings(engine).publishingFreely());
                    started.add(server);
                    loads.put(label, new FanoutLoad(loop, server, label, SluiceProtocol.named(each), count, size));
                } catch (IOException unavailable) {
                    missing.put(label, String.valueOf(unavailable.getMessage()));
                }
            }
        }
        return loads;
    }

    private static int usualSubscribers(String row) {
        return switch (row) {
            case "a" -> 3000;
            case "half" -> 100;
            default -> 1000;
        };
    }

    private static boolean speaks(String server, String transport) {
        return switch (server) {
            case "sluice" -> true;
            case "grpc-java" -> transport.equals("grpc");
            case "uws", "ws" -> transport.equals("ws");
            default -> transport.equals("ws") || transport.equals("sse");
        };
    }

    /** Warms up; returns the rate at which the row runs, 0 for one message at a time. */
    private double prepare(String row, FanoutLoad load, List<FanoutSample> probes) throws IOException {
        double end = load.serverCpuSeconds() + warmup;
        for (int second = 0; second < MAX_WARMUP * warmup && load.serverCpuSeconds() < end; second++) {
            switch (row) {
                case "a" -> load.oneAtATime(1);
                case "b" -> load.paced(1, rate);
                case "half" -> load.oneAtATime(1);
                default -> throw new IOException("no row is called '" + row + "': a, b, half");
            }
        }
        return switch (row) {
            case "b" -> rate;
            case "half" -> load.maximum(probes::add) / 2;
            default -> 0;
        };
    }

    private FanoutSample turn(String row, FanoutLoad load, double perSecond) throws IOException {
        if (row.equals("a")) {
            load.oneAtATime(1);
            return load.oneAtATime(seconds);
        }
        load.paced(1, perSecond);
        return load.paced(seconds, perSecond);
    }

    private void tell(
            String row,
            String transport,
            int count,
            List<FanoutSample> samples,
            Map<String, String> missing,
            Report report) {
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "server",
                "messages/s",
                "deliveries/s",
                "per server CPU s",
                "of bare",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "max ms",
                "bytes each",
                "server CPU",
                "client CPU",
                "client sleeps each",
                "lost",
                "disorder"));
        double floor = perCpuSecond(samples, "bare");
        for (var sample : samples) {
            table.add(List.of(
                    sample.server(),
                    Report.number(sample.perSecond() / count),
                    Report.number(sample.perSecond()),
                    Report.number(sample.perCpuSecond()),
                    floor > 0 ? Report.number(sample.perCpuSecond() / floor) : "-",
                    Report.number(sample.p50Millis()),
                    Report.number(sample.p99Millis()),
                    Report.number(sample.p999Millis()),
                    Report.number(sample.maxMillis()),
                    Report.number(sample.bytesEach()),
                    Report.number(100 * sample.serverCpuSeconds() / sample.seconds()) + "%",
                    Report.number(100 * sample.clientCpuSeconds() / sample.seconds()) + "%",
                    Report.number((double) sample.clientSleeps() / Math.max(1, sample.deliveries())),
                    Long.toString(sample.lost()),
                    Long.toString(sample.disordered())));
            report.raw(row + " " + transport, sample);
        }
        report.table(title(row, transport, count), table);
        missing.forEach((name, why) -> report.line("\n" + name + " is missing: " + why));
        tellRatio("sluice " + transport, "sluice " + against, samples, report);
        for (var other : List.of("bare", "send", "netty", "uws", "ws", "grpc-java")) {
            tellRatio("sluice", other, samples, report);
        }
    }

    private static void tellRatio(String one, String other, List<FanoutSample> samples, Report report) {
        double ours = perCpuSecond(samples, one);
        double theirs = perCpuSecond(samples, other);
        if (ours > 0 && theirs > 0) {
            report.line("\n" + one + " / " + other + " per server CPU second: " + Report.number(ours / theirs));
        }
    }

    private static void tellMaximum(
            String transport, int count, Map<String, Double> rates, List<FanoutSample> probes, Report report) {
        var table = new ArrayList<List<String>>();
        table.add(List.of("server", "deliveries/s", "seconds until the last", "p50 ms", "server CPU", "client CPU"));
        for (var probe : probes) {
            table.add(List.of(
                    probe.server(),
                    Report.number(probe.perSecond()),
                    Report.number(probe.seconds()),
                    Report.number(probe.p50Millis()),
                    Report.number(100 * probe.serverCpuSeconds() / probe.seconds()) + "%",
                    Report.number(100 * probe.clientCpuSeconds() / probe.seconds()) + "%"));
        }
        report.table("%s, %,d subscribers: the search for the maximum".formatted(transport, count), table);
        rates.forEach((name, half) ->
                report.line("\n" + name + ": maximum " + Report.number(half * 2 * count) + " deliveries/s"));
    }

    private String title(String row, String transport, int count) {
        return switch (row) {
            case "a" -> "%s, %,d subscribers, %d bytes, one message at a time".formatted(transport, count, size);
            case "b" -> "%s, %,d subscribers, %d bytes, %.0f messages/s".formatted(transport, count, size, rate);
            default -> "%s, %,d subscribers, %d bytes, half of the maximum rate".formatted(transport, count, size);
        };
    }

    /** Over all turns of {@code server}; 0 when it had none. */
    private static double perCpuSecond(List<FanoutSample> samples, String server) {
        var own = samples.stream().filter(s -> s.server().equals(server)).toList();
        double cpu = own.stream().mapToDouble(FanoutSample::serverCpuSeconds).sum();
        return cpu == 0 ? 0 : own.stream().mapToLong(FanoutSample::deliveries).sum() / cpu;
    }
}
