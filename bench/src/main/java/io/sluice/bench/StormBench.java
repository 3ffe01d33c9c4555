package io.sluice.bench;

import io.sluice.cli.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Everybody is cut at once and comes back: at which rate they are let in, what they lose, and what those who stayed notice. The
 * server has one CPU, the {@link Residents} the other, and the ten thousand clients what the residents leave of that.
 */
@Command(
        name = "storm",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench storm"},
        description = "Sessions cut at once, reconnecting by their own backoff; and the latency of those who stayed.")
final class StormBench implements Callable<Integer> {
    private static final long MESSAGE_INTERVAL = 1_000_000_000L;
    private static final int SIZE = 128;
    private static final int CONNECTS_PER_TURN = 100;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--sessions", description = "Default: ${DEFAULT-VALUE}")
    private int sessions = 10_000;

    @Option(names = "--rate", description = "limits.admission.sessions per second. Default: ${DEFAULT-VALUE}")
    private int rate = 500;

    @Option(names = "--residents", description = "Sessions that are not cut. Default: ${DEFAULT-VALUE}")
    private int residents = 100;

    @Option(names = "--quiet-seconds", description = "How long before the cut. Default: ${DEFAULT-VALUE}")
    private int quietSeconds = 10;

    @Option(names = "--engine", description = "disk or memory. Default: ${DEFAULT-VALUE}")
    private String engine = "disk";

    private final Random random = new Random(1);
    private final StormTally tally = new StormTally();
    private final List<StormClient> clients = new ArrayList<>();
    private @Nullable LoadSocket publisher;
    private int sequence;
    private long nextMessage;

    @Override
    public Integer call() throws IOException {
        options.bindClient();
        var report = new Report("storm", options);
        var settings = new SluiceSettings(engine).admitting(rate + "/1s");
        try (var loop = new LoadLoop();
                var server = new Servers(options).start("sluice", settings);
                var staying = new Residents(options, server.address().getPort(), residents)) {
            options.goToTheBackground();
            publisher = loop.open(1, server.address(), new WebSocketDialect(server.host(), new Deliveries()))
                    .getFirst();
            for (int i = 0; i < sessions; i++) {
                clients.add(new StormClient(server.host(), "storm", tally, random));
            }
            nextMessage = System.nanoTime();
            untilAllAreIn(loop, server, "sessions in");
            run(loop, server, 2, () -> false);
            staying.latency();
            run(loop, server, quietSeconds, () -> false);
            var quiet = staying.latency();
            tally.reset();
            long cutAt = System.nanoTime();
            clients.forEach(client -> client.cut(cutAt));
            untilAllAreIn(loop, server, "sessions back");
            double all = tally.secondsUntilAll(cutAt);
            var storm = staying.latency();
            run(loop, server, 5, () -> false);
            report(
                    report,
                    new Sample(
                            sessions,
                            rate,
                            tally.sustainedRate(rate),
                            all,
                            tally.refusals(),
                            tally.otherRefusals(),
                            tally.lost(),
                            quiet,
                            storm,
                            loop.closedByPeer()));
        }
        return 0;
    }

    private void report(Report report, Sample sample) throws IOException {
        report.raw("storm", sample);
        report.table(
                "%,d sessions cut at once, %,d residents".formatted(sessions, residents),
                List.of(
                        List.of(
                                "configured per s",
                                "let in per s, sustained",
                                "all back after s",
                                "503s",
                                "other refusals",
                                "lost",
                                "residents p99 ms, quiet",
                                "residents p99 ms, storm",
                                "storm to quiet",
                                "residents' longest ms"),
                        List.of(
                                Report.number(rate),
                                Report.number(sample.sustained()),
                                Report.number(sample.allBackSeconds()),
                                Report.number((double) sample.refusals()),
                                Report.number((double) sample.otherRefusals()),
                                Long.toString(sample.lost() + sample.storm().lost()),
                                Report.number(sample.quiet().p99Millis()),
                                Report.number(sample.storm().p99Millis()),
                                Report.number(sample.storm().p99Millis()
                                        / sample.quiet().p99Millis()),
                                Report.number(sample.storm().maxMillis()))));
        report.write();
    }

    private void untilAllAreIn(LoadLoop loop, ServerProcess server, String what) throws IOException {
        try (var progress = Progress.of(what, sessions)) {
            run(loop, server, 600, () -> {
                long in = clients.stream().filter(StormClient::isIn).count();
                progress.done(in);
                return in == sessions;
            });
        }
    }

    /** Serves everybody and publishes on time until {@code done}. */
    private void run(LoadLoop loop, ServerProcess server, int seconds, BooleanSupplier done) throws IOException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        long nextLook = 0;
        while (System.nanoTime() < end) {
            loop.poll(1_000_000);
            long now = System.nanoTime();
            publish(now);
            if (now - nextLook >= 0) {
                nextLook = now + 10_000_000;
                connect(loop, server, now);
                if (done.getAsBoolean()) {
                    return;
                }
            }
        }
        if (clients.stream().anyMatch(client -> !client.isIn())) {
            throw new IOException("not everybody came back within " + seconds + " s");
        }
    }

    private void connect(LoadLoop loop, ServerProcess server, long now) throws IOException {
        int budget = CONNECTS_PER_TURN;
        for (var client : clients) {
            client.noticeLoss(now);
            if (budget > 0 && client.isDue(now)) {
                budget--;
                client.connecting(loop.connect(server.address(), client));
            }
        }
    }

    private void publish(long now) throws IOException {
        if (now - nextMessage >= 0) {
            send("storm", nextMessage, ++sequence);
            nextMessage += MESSAGE_INTERVAL;
        }
    }

    private void send(String channel, long intended, int number) throws IOException {
        if (publisher == null) {
            throw new IllegalStateException("nobody publishes yet");
        }
        publisher.sendFrame("{\"id\":1,\"type\":\"publish\",\"channel\":\"" + channel + "\",\"data\":"
                + Stamp.data(intended, number, SIZE) + "}");
    }

    record Sample(
            int sessions,
            int rate,
            double sustained,
            double allBackSeconds,
            long refusals,
            long otherRefusals,
            long lost,
            Residents.Latency quiet,
            Residents.Latency storm,
            long closedByPeer) {}
}
