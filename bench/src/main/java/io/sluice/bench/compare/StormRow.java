package io.sluice.bench.compare;

import io.sluice.bench.LoadLoop;
import io.sluice.bench.Report;
import io.sluice.bench.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Every reader is cut at once while publishing goes on: how long until all are back, and what they never got. */
final class StormRow implements Row {
    private static final double PER_SECOND = 20;
    private static final double BACK_WITHIN_SECONDS = 60;

    @Override
    public String name() {
        return "storm";
    }

    @Override
    public void run(Comparison comparison) throws IOException {
        var lost = new LinkedHashMap<String, Double>();
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "peer",
                "all back after s",
                "lost messages",
                "of those sent",
                "told as gaps",
                "repeated",
                "attempts refused",
                "server CPU s"));
        for (var peer : comparison.peers()) {
            try (var loop = new LoadLoop();
                    var server = comparison.start(peer, true)) {
                if (server == null) {
                    continue;
                }
                var sample = storm(loop, server, peer, comparison.scale());
                comparison.report().raw("storm " + peer.name(), sample);
                lost.put(peer.name(), (double) sample.lost());
                table.add(sample.cells());
            } catch (IOException failure) {
                comparison.failed(peer, name(), failure);
            }
        }
        var report = comparison.report();
        report.table(
                "%,d readers cut at once, %.0f messages/s"
                        .formatted(comparison.scale().returning(), PER_SECOND),
                table);
        report.chart(
                "Messages lost in the storm",
                "storm.svg",
                BarChart.svg("Messages lost in the storm, less is better", lost));
    }

    private static Sample storm(LoadLoop loop, ServerProcess server, Peer peer, Scale scale) throws IOException {
        var publisher = loop.open(1, server.address(), peer.publisher(server.host(), "storm"))
                .getFirst();
        var readers = new ReturningReaders(
                loop, peer, peer::pauseSeconds, publisher, server.address(), "storm", scale.returning(), PER_SECOND);
        readers.run(scale.calmSeconds(), () -> false);
        double cpu = server.usage().cpuSeconds();
        readers.cut();
        double back = readers.run(BACK_WITHIN_SECONDS, readers::allIn);
        double used = server.usage().cpuSeconds() - cpu;
        if (!readers.allIn()) {
            throw new IOException(
                    "not everybody came back within " + BACK_WITHIN_SECONDS + " s: " + loop.lastFailure());
        }
        readers.run(scale.calmSeconds(), () -> false);
        readers.settle();
        return new Sample(
                peer.name(),
                back,
                readers.lost(),
                readers.expected(),
                readers.gaps(),
                readers.repeated(),
                readers.refused(),
                used);
    }

    /**
     * What one peer's readers saw.
     *
     * @param expected messages times readers, from the first publish to the last
     * @param cpuSeconds of the server, from the cut until all were back
     */
    record Sample(
            String server,
            double backSeconds,
            long lost,
            long expected,
            long gaps,
            long repeated,
            long refused,
            double cpuSeconds) {
        List<String> cells() {
            return List.of(
                    server,
                    Report.number(backSeconds),
                    "%,d".formatted(lost),
                    Report.number(100.0 * lost / Math.max(1, expected)) + "%",
                    Long.toString(gaps),
                    Long.toString(repeated),
                    Long.toString(refused),
                    Report.number(cpuSeconds));
        }
    }
}
