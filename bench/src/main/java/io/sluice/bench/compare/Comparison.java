package io.sluice.bench.compare;

import io.sluice.bench.Report;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run: who takes part, how much is done, and where the results go. */
final class Comparison {
    private final Servers servers;
    private final List<Peer> peers;
    private final Scale scale;
    private final Report report;
    private @Nullable List<List<String>> transports;
    private final Map<String, String> missing = new LinkedHashMap<>();
    private final Map<String, Peer> present = new LinkedHashMap<>();

    Comparison(Servers servers, List<Peer> peers, Scale scale, Report report) {
        this.servers = servers;
        this.peers = peers;
        this.scale = scale;
        this.report = report;
    }

    Servers servers() {
        return servers;
    }

    List<Peer> peers() {
        return peers;
    }

    Scale scale() {
        return scale;
    }

    Report report() {
        return report;
    }

    /** Starts {@code peer}; null, and noted for the page, when this machine cannot. */
    @Nullable
    ServerProcess start(Peer peer, boolean returning) {
        try {
            var server = peer.start(servers, returning);
            present.put(peer.name(), peer);
            return server;
        } catch (IOException unavailable) {
            missing.put(peer.name(), String.valueOf(unavailable.getMessage()));
            return null;
        }
    }

    /** {@code peer} failed at what the others did: that is a result too. */
    void failed(Peer peer, String row, IOException failure) {
        report.line("\n" + peer.name() + " failed at " + row + ": " + failure.getMessage());
    }

    /** Who took part as what, and who could not and why. */
    void tellWho() throws IOException {
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "peer", "what runs", "promise to a reader that was away", "client in the storm, and its waits"));
        for (var peer : present.values()) {
            table.add(List.of(peer.name(), peer.what(servers), peer.promise(), peer.client()));
        }
        report.table("Who takes part", table);
        missing.forEach((name, why) -> report.line("\n" + name + " is missing: " + why.replaceAll("\\s+", " ")));
    }

    /** The table of our own transports, for their page. */
    void transports(List<List<String>> table) {
        transports = table;
    }

    /** The same; null when that row did not run. */
    @Nullable
    List<List<String>> transports() {
        return transports;
    }

    /** Those that could not be had here, with the reason. */
    Map<String, String> missing() {
        return missing;
    }
}
