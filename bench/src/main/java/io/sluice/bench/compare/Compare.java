package io.sluice.bench.compare;

import io.sluice.bench.Bench;
import io.sluice.bench.BenchOptions;
import io.sluice.bench.Report;
import io.sluice.bench.Servers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice compare}: the same work on every peer in one run. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "  ./sluice compare",
            "  ./sluice compare --quick",
            "  ./sluice compare --peers sluice,nchan --rows storm"
        },
        description = "Measures Sluice beside servers that others use: the same work for each, in one run.")
public final class Compare implements Callable<Integer> {
    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--peers", split = ",", description = "sluice, nchan, nats, uws, bun, ws, socket.io. Default: all")
    private List<String> peers = Peers.ALL.stream().map(Peer::name).toList();

    @Option(
            names = "--rows",
            split = ",",
            description =
                    "fanout: a delivery's cost and bytes. paced: latency at one rate. idle: memory. storm: all are cut. "
                            + "transports: our own side by side. Default: all")
    private List<String> rows = Rows.ALL.stream().map(Row::name).toList();

    @Option(names = "--quick", description = "A tenth of everything, to see that it works: the numbers mean little")
    private boolean quick;

    public static void main(String[] args) {
        System.exit(Bench.run(new CommandLine(new Compare()), args));
    }

    @Override
    public Integer call() throws IOException {
        var chosenPeers = chosen("peer", peers, Peers.ALL, Peer::name);
        var chosenRows = chosen("row", rows, Rows.ALL, Row::name);
        options.bindClient();
        var report = new Report("compare", options, true);
        var comparison = new Comparison(new Servers(options), chosenPeers, quick ? Scale.QUICK : Scale.FULL, report);
        if (quick) {
            report.line("\nA quick run: it shows that everything works, not how fast.");
        }
        for (var row : chosenRows) {
            row.run(comparison);
        }
        comparison.tellWho();
        if (!quick) {
            report.write();
            var transports = comparison.transports();
            if (transports != null && !options.dry()) {
                TransportsPage.write(options.home(), transports);
            }
        }
        return comparison.missing().containsKey("sluice") ? 1 : 0;
    }

    private static <T> List<T> chosen(String kind, List<String> names, List<T> all, Function<T, String> name)
            throws IOException {
        var chosen = new ArrayList<T>();
        for (var wanted : names) {
            chosen.add(all.stream()
                    .filter(each -> name.apply(each).equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no " + kind + " is called '" + wanted + "': "
                            + String.join(", ", all.stream().map(name).toList()))));
        }
        return chosen;
    }
}
