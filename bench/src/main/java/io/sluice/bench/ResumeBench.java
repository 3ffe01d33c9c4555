package io.sluice.bench;

import io.sluice.cli.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Many clients come back at once and each wants what it missed. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench resume --dry"},
        description = "Publications per server CPU second when clients reconnect with their cursors.")
final class ResumeBench implements Callable<Integer> {
    private static final String CHANNEL = "bench-resume";
    private static final long CATCH_UP_NANOS = 120_000_000_000L;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--clients", description = "Default: ${DEFAULT-VALUE}")
    private int clients = 1000;

    @Option(names = "--missed", description = "Publications each one missed. Default: ${DEFAULT-VALUE}")
    private int missed = 1000;

    @Option(names = "--size", description = "Bytes of data per message. Default: ${DEFAULT-VALUE}")
    private int size = 128;

    @Option(names = "--engine", description = "disk or memory. Default: ${DEFAULT-VALUE}")
    private String engine = "disk";

    @Option(names = "--rounds", description = "How often they come back; the first is cold. Default: ${DEFAULT-VALUE}")
    private int rounds = 5;

    private final Deliveries deliveries = new Deliveries();

    @Override
    public Integer call() throws IOException {
        options.bindClient();
        var report = new Report("resume", options);
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "round",
                "per server CPU s",
                "with connecting",
                "per second",
                "all caught up after s",
                "bytes each",
                "server CPU",
                "client CPU",
                "lost",
                "disorder"));
        try (var loop = new LoadLoop();
                var server = new Servers(options).start("sluice", new SluiceSettings(engine));
                var progress = Progress.of("rounds", rounds)) {
            var cursor = publishAll(loop, server);
            for (int round = 1; round <= rounds; round++) {
                var sample = comeBack(loop, server, cursor, round);
                report.raw("resume", sample);
                table.add(sample.cells());
                progress.step();
            }
        }
        report.table("%,d clients missing %,d publications each, %s engine".formatted(clients, missed, engine), table);
        report.write();
        return 0;
    }

    /** Publishes what will be missed; returns the position before it. */
    private String publishAll(LoadLoop loop, ServerProcess server) throws IOException {
        var dialect = new WebSocketDialect(server.host(), new Deliveries());
        var publisher = loop.open(1, server.address(), dialect).getFirst();
        FanoutLoad.subscribe(loop, List.of(publisher), CHANNEL + "-other");
        int before = publisher.replies;
        publisher.sendFrame("{\"id\":2,\"type\":\"publish\",\"channel\":\"" + CHANNEL + "\",\"data\":0}");
        if (!loop.await(5_000_000_000L, () -> publisher.replies > before)) {
            throw new IOException("the first publish was not answered");
        }
        var reply = String.valueOf(publisher.lastReply);
        int at = reply.indexOf("\"position\":\"") + 12;
        if (at < 12) {
            throw new IOException("publish refused: " + reply);
        }
        var cursor = reply.substring(at, reply.indexOf('"', at));
        for (int i = 1; i <= missed; i++) {
            int answered = publisher.replies;
            publisher.sendFrame("{\"id\":3,\"type\":\"publish\",\"channel\":\"" + CHANNEL + "\",\"data\":"
                    + Stamp.data(System.nanoTime(), i, size) + "}");
            if (!loop.await(5_000_000_000L, () -> publisher.replies > answered)) {
                throw new IOException("publish " + i + " was not answered");
            }
        }
        return cursor;
    }

    private Sample comeBack(LoadLoop loop, ServerProcess server, String cursor, int round) throws IOException {
        deliveries.reset();
        double cpuBefore = server.usage().cpuSeconds();
        var sockets = loop.open(clients, server.address(), new WebSocketDialect(server.host(), deliveries));
        loop.await(500_000_000L, () -> false);
        double cpuConnected = server.usage().cpuSeconds();
        double clientCpu = new ProcessUsage(ProcessHandle.current().pid()).cpuSeconds();
        long start = System.nanoTime();
        int sent = 0;
        for (var socket : sockets) {
            socket.sendFrame(
                    "{\"id\":1,\"type\":\"subscribe\",\"channel\":\"" + CHANNEL + "\",\"after\":\"" + cursor + "\"}");
            if (++sent % 20 == 0) {
                loop.poll(0);
            }
        }
        long expected = (long) clients * missed;
        loop.await(CATCH_UP_NANOS, () -> deliveries.count() >= expected);
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpu = server.usage().cpuSeconds();
        double clientSeconds = new ProcessUsage(ProcessHandle.current().pid()).cpuSeconds() - clientCpu;
        if (deliveries.count() == 0) {
            throw new IOException("nothing came; the last reply: " + sockets.getLast().lastReply);
        }
        long lost = sockets.stream().mapToLong(s -> missed - s.received).sum();
        var sample = new Sample(
                round,
                deliveries.count() / Math.max(0.01, cpu - cpuConnected),
                deliveries.count() / Math.max(0.01, cpu - cpuBefore),
                deliveries.count() / seconds,
                seconds,
                (double) bytesIn(sockets) / deliveries.count(),
                (cpu - cpuConnected) / seconds,
                clientSeconds / seconds,
                lost,
                deliveries.outOfOrder() + deliveries.gaps());
        sockets.forEach(LoadSocket::close);
        loop.await(1_000_000_000L, () -> false);
        return sample;
    }

    private static long bytesIn(List<LoadSocket> sockets) {
        return sockets.stream().mapToLong(socket -> socket.bytesIn).sum();
    }

    /** CPU as a share of one processor; {@code perCpuSecond} from the first subscribe, {@code withConnecting} from the first SYN. */
    record Sample(
            int round,
            double perCpuSecond,
            double withConnecting,
            double perSecond,
            double seconds,
            double bytesEach,
            double serverCpu,
            double clientCpu,
            long lost,
            long disordered) {
        List<String> cells() {
            return List.of(
                    Integer.toString(round),
                    Report.number(perCpuSecond),
                    Report.number(withConnecting),
                    Report.number(perSecond),
                    Report.number(seconds),
                    Report.number(bytesEach),
                    Report.number(100 * serverCpu) + "%",
                    Report.number(100 * clientCpu) + "%",
                    Long.toString(lost),
                    Long.toString(disordered));
        }
    }
}
