package io.sluice.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a connection costs that does nothing. */
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench idle --connections 10000"},
        description = "Server memory and CPU per idle WebSocket with one subscription.")
final class IdleBench implements Callable<Integer> {
    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--connections", description = "Default: ${DEFAULT-VALUE}")
    private int connections = 10_000;

    @Option(names = "--channels", description = "How many channels they share. Default: ${DEFAULT-VALUE}")
    private int channels = 1;

    @Option(names = "--seconds", description = "How long they stay idle. Default: ${DEFAULT-VALUE}")
    private int seconds = 30;

    @Option(names = "--servers", split = ",", description = "sluice, bare, netty, uws, ws. Default: ${DEFAULT-VALUE}")
    private List<String> servers = List.of("sluice", "netty", "uws", "ws");

    @Override
    public Integer call() throws IOException {
        options.bindClient();
        var report = new Report("idle", options);
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "server",
                "empty RSS MB",
                "with " + connections + " MB",
                "RSS each",
                "PSS each",
                "RSS each after a GC",
                "CPU while idle"));
        for (var name : servers) {
            try (var loop = new LoadLoop();
                    var server = new Servers(options).start(name, new SluiceSettings("disk"))) {
                table.add(measure(loop, server, report));
            } catch (IOException unavailable) {
                report.line("\n" + name + " is missing: " + unavailable.getMessage());
            }
        }
        report.table("%,d idle WebSockets, one subscription each, %d channels".formatted(connections, channels), table);
        report.write();
        return 0;
    }

    private List<String> measure(LoadLoop loop, ServerProcess server, Report report) throws IOException {
        var dialect = new WebSocketDialect(server.host(), new Deliveries());
        // What the first connections load and compile is not what a connection costs.
        var first = loop.open(100, server.address(), dialect);
        FanoutLoad.subscribe(loop, first, "idle-first");
        first.forEach(LoadSocket::close);
        loop.await(3_000_000_000L, () -> false);
        long emptyRss = server.usage().residentBytes();
        long emptyPss = server.usage().proportionalBytes();
        for (int i = 0; i < channels; i++) {
            var share =
                    loop.open(connections / channels + (i < connections % channels ? 1 : 0), server.address(), dialect);
            FanoutLoad.subscribe(loop, share, "idle-" + i);
        }
        loop.await(2_000_000_000L, () -> false);
        double cpu = server.usage().cpuSeconds();
        loop.await(seconds * 1_000_000_000L, () -> false);
        double idleCpu = (server.usage().cpuSeconds() - cpu) / seconds;
        long rss = server.usage().residentBytes();
        long pss = server.usage().proportionalBytes();
        long collected = collect(server) ? server.usage().residentBytes() : 0;
        if (loop.closedByPeer() > 0) {
            throw new IOException(loop.closedByPeer() + " connections were closed");
        }
        var sample = new Sample(
                server.name(),
                connections,
                emptyRss,
                rss,
                (double) (rss - emptyRss) / connections,
                (double) (pss - emptyPss) / connections,
                collected == 0 ? 0 : (double) (collected - emptyRss) / connections,
                idleCpu);
        report.raw("idle", sample);
        return List.of(
                sample.server(),
                Report.number(emptyRss / 1e6),
                Report.number(rss / 1e6),
                Report.number(sample.rssEach()),
                Report.number(sample.pssEach()),
                collected == 0 ? "-" : Report.number(sample.rssEachCollected()),
                Report.number(100 * idleCpu) + "%");
    }

    /** Runs a full collection in a Java server; false in another. What it leaves resident shows what the heap kept for nothing. */
    static boolean collect(ServerProcess server) throws IOException {
        var command = Servers.java().replaceAll("java$", "jcmd");
        var jcmd = new ProcessBuilder(command, Long.toString(server.pid()), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return jcmd.waitFor() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Bytes, and CPU as a share of one processor. */
    record Sample(
            String server,
            int connections,
            long emptyRss,
            long rss,
            double rssEach,
            double pssEach,
            double rssEachCollected,
            double cpu) {}
}
