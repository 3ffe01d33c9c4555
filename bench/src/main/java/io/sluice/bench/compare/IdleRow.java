package io.sluice.bench.compare;

import io.sluice.bench.IdleSample;
import io.sluice.bench.LoadLoop;
import io.sluice.bench.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** What a connected reader costs in memory while nothing is published. */
final class IdleRow implements Row {
    @Override
    public String name() {
        return "idle";
    }

    @Override
    public void run(Comparison comparison) throws IOException {
        var scale = comparison.scale();
        var bytes = new LinkedHashMap<String, Double>();
        var table = new ArrayList<List<String>>();
        table.add(List.of("peer", "empty MB", "with all MB", "bytes each", "CPU while idle"));
        for (var peer : comparison.peers()) {
            try (var loop = new LoadLoop();
                    var server = comparison.start(peer, false)) {
                if (server == null) {
                    continue;
                }
                var sample = IdleSample.of(loop, server, peer, scale.idleConnections(), 1, scale.idleSeconds());
                comparison.report().raw("idle " + peer.name(), sample);
                bytes.put(peer.name(), sample.rssEach());
                table.add(List.of(
                        peer.name(),
                        Report.number(sample.emptyRss() / 1e6),
                        Report.number(sample.rss() / 1e6),
                        Report.number(sample.rssEach()),
                        Report.number(100 * sample.cpu()) + "%"));
            } catch (IOException failure) {
                comparison.failed(peer, name(), failure);
            }
        }
        var report = comparison.report();
        report.table("%,d idle readers, resident memory".formatted(scale.idleConnections()), table);
        report.chart(
                "Memory per reader",
                "idle.svg",
                BarChart.svg("Bytes of memory per idle reader, less is better", bytes));
    }
}
