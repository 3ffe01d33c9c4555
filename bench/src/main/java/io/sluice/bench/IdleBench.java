package io.sluice.bench;

import io.sluice.cli.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
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
        var missing = new ArrayList<String>();
        try (var progress = Progress.of("idle seconds", (long) servers.size() * seconds)) {
            for (int turn = 0; turn < servers.size(); turn++) {
                var name = servers.get(turn);
                long before = (long) turn * seconds;
                try (var loop = new LoadLoop();
                        var server = new Servers(options).start(name, new SluiceSettings("disk"))) {
                    table.add(measure(loop, server, report, idled -> progress.done(before + idled)));
                } catch (IOException unavailable) {
                    missing.add("\n" + name + " is missing: " + unavailable.getMessage());
                }
                progress.done(before + seconds);
            }
        }
        missing.forEach(report::line);
        report.table("%,d idle WebSockets, one subscription each, %d channels".formatted(connections, channels), table);
        report.write();
        return 0;
    }

    private List<String> measure(LoadLoop loop, ServerProcess server, Report report, LongConsumer idled)
            throws IOException {
        var sample = IdleSample.of(loop, server, SluiceProtocol.WEB_SOCKET, connections, channels, seconds, idled);
        report.raw("idle", sample);
        return List.of(
                sample.server(),
                Report.number(sample.emptyRss() / 1e6),
                Report.number(sample.rss() / 1e6),
                Report.number(sample.rssEach()),
                Report.number(sample.pssEach()),
                sample.rssEachCollected() == 0 ? "-" : Report.number(sample.rssEachCollected()),
                Report.number(100 * sample.cpu()) + "%");
    }
}
