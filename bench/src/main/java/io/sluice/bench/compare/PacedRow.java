package io.sluice.bench.compare;

import io.sluice.bench.FanoutSample;
import io.sluice.bench.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** The same rate for all: what readers wait for, and what it costs the server. */
final class PacedRow implements Row {
    @Override
    public String name() {
        return "paced";
    }

    @Override
    public void run(Comparison comparison) throws IOException {
        double rate = comparison.scale().perSecond();
        var p99 = new LinkedHashMap<String, Double>();
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "peer",
                "p50 ms",
                "p99 ms",
                "p99 of the turns",
                "longest ms",
                "deliveries per server CPU s",
                "server CPU",
                "client CPU",
                "lost",
                "disorder"));
        FanoutTurns.run(comparison, name(), (load, seconds) -> load.paced(seconds, rate))
                .forEach((peer, turns) -> {
                    var summary = new Summary(turns);
                    p99.put(peer.name(), summary.median(FanoutSample::p99Millis));
                    table.add(List.of(
                            peer.name(),
                            Report.number(summary.median(FanoutSample::p50Millis)),
                            Report.number(summary.median(FanoutSample::p99Millis)),
                            summary.range(FanoutSample::p99Millis),
                            Report.number(turns.stream()
                                    .mapToDouble(FanoutSample::maxMillis)
                                    .max()
                                    .orElse(0)),
                            Report.number(summary.perCpuSecond()),
                            summary.percent(FanoutSample::serverCpuSeconds),
                            summary.percent(FanoutSample::clientCpuSeconds),
                            summary.total(FanoutSample::lost),
                            summary.total(FanoutSample::disordered)));
                });
        var report = comparison.report();
        report.table(
                "%,d subscribers, %d bytes, %.0f messages/s"
                        .formatted(comparison.scale().subscribers(), FanoutTurns.SIZE, rate),
                table);
        report.chart("p99 latency", "p99.svg", BarChart.svg("p99 in ms at the same rate, less is better", p99));
    }
}
