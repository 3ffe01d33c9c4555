package io.sluice.bench.compare;

import io.sluice.bench.FanoutSample;
import io.sluice.bench.Report;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** One message at a time to many readers: what a delivery costs, in CPU and in bytes. */
final class FanoutRow implements Row {
    @Override
    public String name() {
        return "fanout";
    }

    @Override
    public void run(Comparison comparison) throws IOException {
        var perCpu = new LinkedHashMap<String, Double>();
        var bytes = new LinkedHashMap<String, Double>();
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "peer",
                "deliveries per server CPU s",
                "turns",
                "deliveries/s",
                "bytes on the wire each",
                "server CPU",
                "client CPU",
                "lost",
                "disorder"));
        FanoutTurns.run(comparison, name(), (load, seconds) -> load.oneAtATime(seconds))
                .forEach((peer, turns) -> {
                    var summary = new Summary(turns);
                    perCpu.put(peer.name(), summary.perCpuSecond());
                    bytes.put(peer.name(), summary.median(FanoutSample::bytesEach));
                    table.add(List.of(
                            peer.name(),
                            Report.number(summary.perCpuSecond()),
                            summary.range(FanoutSample::perCpuSecond),
                            Report.number(summary.median(FanoutSample::perSecond)),
                            Report.number(summary.median(FanoutSample::bytesEach)),
                            summary.percent(FanoutSample::serverCpuSeconds),
                            summary.percent(FanoutSample::clientCpuSeconds),
                            summary.total(FanoutSample::lost),
                            summary.total(FanoutSample::disordered)));
                });
        var report = comparison.report();
        int subscribers = comparison.scale().subscribers();
        report.table(
                "%,d subscribers, %d bytes, one message at a time".formatted(subscribers, FanoutTurns.SIZE), table);
        report.chart(
                "Deliveries per server CPU second",
                "fanout.svg",
                BarChart.svg("Deliveries per server CPU second, more is better", perCpu));
        report.chart(
                "Bytes on the wire",
                "bytes.svg",
                BarChart.svg("Bytes on the wire per message of 128, less is better", bytes));
    }
}
