package io.sluice.bench.compare;

import io.sluice.attack.FaultProxy;
import io.sluice.bench.FanoutLoad;
import io.sluice.bench.FanoutSample;
import io.sluice.bench.GrpcProtocol;
import io.sluice.bench.IdleSample;
import io.sluice.bench.LoadLoop;
import io.sluice.bench.Protocol;
import io.sluice.bench.Report;
import io.sluice.bench.ServerProcess;
import io.sluice.bench.SluiceSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Our own transports side by side, each with a connection of its own per reader: latency and bytes at a calm rate, memory of an idle
 * reader, and what is lost when a proxy cuts every connection in the middle of a message, again and again.
 */
final class TransportsRow implements Row {
    private static final double PER_SECOND = 10;
    private static final double CUT_PER_SECOND = 50;
    /** In the middle of a message, whatever the transport. */
    private static final long CUT_AFTER_BYTES = 250;
    /** So many idle readers for each that is measured live. */
    private static final int IDLE_TIMES = 20;

    private final List<Protocol> transports;

    TransportsRow(List<Protocol> transports) {
        this.transports = transports;
    }

    @Override
    public String name() {
        return "transports";
    }

    @Override
    public void run(Comparison comparison) throws IOException {
        int count = comparison.scale().transportReaders();
        var table = new ArrayList<List<String>>();
        table.add(List.of(
                "transport",
                "direction",
                "p50 ms",
                "p99 ms",
                "bytes beyond the data, per message",
                "server memory per reader, bytes",
                "cut %d times by a proxy: lost, repeated"
                        .formatted(comparison.scale().cuts())));
        for (var each : transports) {
            var protocol = each instanceof GrpcProtocol ? new GrpcProtocol(1) : each;
            IdleSample idle;
            FanoutSample live;
            Cut cut;
            try (var server = comparison.servers().start("sluice", new SluiceSettings("disk").publishingFreely())) {
                idle = idle(server, protocol, count * IDLE_TIMES, comparison.scale());
                live = live(server, protocol, count, comparison.scale());
                cut = cut(server, protocol, count / 2, comparison.scale());
            }
            comparison.report().raw("transport " + protocol.name(), live);
            comparison.report().raw("transport " + protocol.name(), idle);
            comparison.report().raw("transport " + protocol.name(), cut);
            table.add(List.of(
                    protocol.name(),
                    direction(protocol.name()),
                    Report.number(live.p50Millis()),
                    Report.number(live.p99Millis()),
                    Report.number(live.bytesEach() - FanoutTurns.SIZE),
                    Report.number(idle.rssEach()),
                    cut.lost() + ", " + cut.repeated() + " of " + "%,d".formatted(cut.expected())));
        }
        var title =
                "Our transports: %,d readers, %d bytes, %.0f messages/s".formatted(count, FanoutTurns.SIZE, PER_SECOND);
        comparison.report().table(title, table);
        comparison.transports(table);
    }

    private static String direction(String transport) {
        return switch (transport) {
            case "ws", "graphql" -> "both";
            case "longpoll", "poll" -> "one answer";
            default -> "server to client";
        };
    }

    private static FanoutSample live(ServerProcess server, Protocol protocol, int count, Scale scale)
            throws IOException {
        try (var loop = new LoadLoop()) {
            var load = new FanoutLoad(loop, server, protocol, count, FanoutTurns.SIZE);
            load.paced(scale.seconds(), PER_SECOND * 5);
            return load.paced(2 * scale.seconds(), PER_SECOND);
        }
    }

    private static IdleSample idle(ServerProcess server, Protocol protocol, int count, Scale scale) throws IOException {
        try (var loop = new LoadLoop()) {
            return IdleSample.of(loop, server, protocol, count, 1, scale.idleSeconds());
        }
    }

    private static Cut cut(ServerProcess server, Protocol protocol, int count, Scale scale) throws IOException {
        try (var loop = new LoadLoop();
                var proxy = FaultProxy.before(server.address().getPort())) {
            var publisher = loop.open(1, server.address(), protocol.publisher(server.host(), "cut"))
                    .getFirst();
            var way = new InetSocketAddress(
                    server.address().getAddress(), proxy.uri().getPort());
            var readers = new ReturningReaders(
                    loop, protocol, new SluicePeer()::pauseSeconds, publisher, way, "cut", count, CUT_PER_SECOND);
            for (int i = 0; i < scale.cuts(); i++) {
                readers.run(0.5, () -> false);
                proxy.cutAfter(CUT_AFTER_BYTES);
                readers.run(1, () -> false);
                readers.run(20, readers::allIn);
            }
            readers.settle();
            return new Cut(protocol.name(), readers.expected(), readers.lost(), readers.repeated(), readers.gaps());
        }
    }

    /** What the readers of one transport got through the proxy that cut them. */
    record Cut(String transport, long expected, long lost, long repeated, long gaps) {}
}
