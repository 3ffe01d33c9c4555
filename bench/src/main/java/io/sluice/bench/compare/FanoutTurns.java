package io.sluice.bench.compare;

import io.sluice.bench.FanoutLoad;
import io.sluice.bench.FanoutSample;
import io.sluice.bench.LoadLoop;
import io.sluice.bench.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All peers at once, each with its readers, measured in turns there and back (A B B A), each warm before the first. */
final class FanoutTurns {
    /** Bytes of a message's data, its quotes included. */
    static final int SIZE = 128;

    /** Seconds of warming up at most, per CPU second wanted: a server that is mostly idle never uses them. */
    private static final int MAX_WARMUP = 5;

    /** What one peer does for so many seconds. */
    @FunctionalInterface
    interface Turn {
        FanoutSample measure(FanoutLoad load, double seconds) throws IOException;
    }

    private FanoutTurns() {}

    /** Every peer's turns; one that failed is not among them. */
    static Map<Peer, List<FanoutSample>> run(Comparison comparison, String row, Turn turn) throws IOException {
        var scale = comparison.scale();
        var samples = new LinkedHashMap<Peer, List<FanoutSample>>();
        var started = new ArrayList<ServerProcess>();
        try (var loop = new LoadLoop()) {
            var loads = new LinkedHashMap<Peer, FanoutLoad>();
            for (var peer : comparison.peers()) {
                var server = comparison.start(peer, false);
                if (server != null) {
                    started.add(server);
                    loads.put(peer, new FanoutLoad(loop, server, peer, scale.subscribers(), SIZE));
                }
            }
            for (var load : loads.values()) {
                double end = load.serverCpuSeconds() + scale.warmupCpuSeconds();
                for (int i = 0; i < MAX_WARMUP * scale.warmupCpuSeconds() && load.serverCpuSeconds() < end; i++) {
                    load.oneAtATime(1);
                }
            }
            var order = new ArrayList<>(loads.entrySet());
            for (int round = 0; round < scale.rounds(); round++) {
                for (var load : round % 2 == 0 ? order : order.reversed()) {
                    turn.measure(load.getValue(), scale.seconds() / 3);
                    var sample = turn.measure(load.getValue(), scale.seconds());
                    samples.computeIfAbsent(load.getKey(), peer -> new ArrayList<>())
                            .add(sample);
                    comparison.report().raw(row + " " + load.getKey().name(), sample);
                }
            }
        } finally {
            started.forEach(ServerProcess::close);
        }
        return samples;
    }
}
