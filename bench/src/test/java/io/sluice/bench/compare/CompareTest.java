package io.sluice.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bench.BenchOptions;
import io.sluice.bench.NpmScript;
import io.sluice.bench.Report;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.Servers;
import io.sluice.bench.SluiceProtocol;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every row with tiny numbers, beside peers of npm that every machine of the tests has and those of Debian where there is one. */
class CompareTest {
    private static final Scale TINY = new Scale(20, 50, 2, 0.3, 0.2, 50, 1, 50, 0.5, 4, 1);
    private static final List<String> OF_NPM = List.of("ws", "socket.io");
    private static final List<String> OF_DEBIAN = List.of("nchan", "nats");

    private final Report report = new Report("compare", new BenchOptions(), true);

    private Comparison among(List<String> names) throws IOException {
        var peers = Peers.ALL.stream()
                .filter(peer -> peer.name().equals("sluice") || names.contains(peer.name()))
                .toList();
        return new Comparison(new Servers(new BenchOptions()), peers, TINY, report);
    }

    /** The cells of the last table, by the first of each line. */
    private Map<String, List<String>> cells() {
        var last = report.text().substring(report.text().lastIndexOf("###"));
        return last.lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> Arrays.stream(line.split("\\|"))
                        .map(String::strip)
                        .skip(1)
                        .toList())
                .collect(Collectors.toMap(List::getFirst, line -> line));
    }

    private static List<String> line(Map<String, List<String>> table, String first) {
        return Objects.requireNonNull(table.get(first), first);
    }

    private static int column(Map<String, List<String>> table, String head) {
        return line(table, "peer").indexOf(head);
    }

    @Test
    void everyPeerDeliversEverythingAndCostsBytes() throws IOException {
        var comparison = among(List.of("ws", "socket.io", "nchan", "nats"));

        new FanoutRow().run(comparison);

        var table = cells();
        assertThat(comparison.missing()).doesNotContainKeys("sluice", "ws", "socket.io");
        assertThat(table).containsKeys("sluice", "ws", "socket.io");
        for (var name : OF_DEBIAN) {
            assertThat(table.containsKey(name)
                            || !comparison.missing().getOrDefault(name, "").isBlank())
                    .as("%s is in the table, or said to be missing", name)
                    .isTrue();
        }
        table.remove("peer");
        assertThat(table.values()).allSatisfy(line -> {
            assertThat(line.get(7)).as("lost by " + line).isEqualTo("0");
            assertThat(Double.parseDouble(line.get(4).replace(",", ""))).isGreaterThan(FanoutTurns.SIZE);
        });
    }

    @Test
    void aStormCountsWhatWsLosesAndWeDoNot() throws IOException {
        var comparison = among(OF_NPM);

        new StormRow().run(comparison);

        var table = cells();
        int lost = column(table, "lost messages");
        assertThat(line(table, "sluice").get(lost)).isEqualTo("0");
        assertThat(line(table, "socket.io").get(lost)).isEqualTo("0");
        assertThat(line(table, "ws").get(lost)).isNotEqualTo("0");
    }

    @Test
    void latencyAndMemoryAreMeasuredForEach() throws IOException {
        var comparison = among(List.of("ws"));

        new PacedRow().run(comparison);
        var paced = cells();
        new IdleRow().run(comparison);
        var idle = cells();

        assertThat(paced).containsKeys("sluice", "ws");
        assertThat(line(paced, "ws").get(column(paced, "lost"))).isEqualTo("0");
        assertThat(idle).containsKeys("sluice", "ws");
    }

    @Test
    void ourTransportsLoseNothingWhenAProxyCuts() throws IOException {
        var comparison = among(List.of());
        var some = List.of("grpc-web", "graphql-sse", "longpoll");
        var protocols = SluiceProtocol.ALL.stream()
                .filter(each -> some.contains(each.name()))
                .toList();

        new TransportsRow(protocols).run(comparison);

        var table = cells();
        table.remove("transport");
        assertThat(table).containsOnlyKeys(some);
        assertThat(table.values()).allSatisfy(line -> assertThat(line.get(6)).startsWith("0, 0 of "));
    }

    @Test
    void aPeerThatCannotBeHadIsNamedWithTheReason() throws IOException {
        var comparison = new Comparison(new Servers(new BenchOptions()), List.of(new Nowhere()), TINY, report);

        new IdleRow().run(comparison);
        comparison.tellWho();

        assertThat(report.text()).contains("nowhere is missing: no script is called nowhere.mjs");
    }

    /** A peer that cannot be started. */
    private static final class Nowhere implements LibraryPeer {
        @Override
        public String name() {
            return "nowhere";
        }

        @Override
        public String what(Servers servers) {
            return "nothing";
        }

        @Override
        public ServerProcess start(Servers servers, boolean returning) throws IOException {
            return new NpmScript("nowhere", "", "").start(servers.peers(), "node", ServerProcess.freePort());
        }
    }
}
