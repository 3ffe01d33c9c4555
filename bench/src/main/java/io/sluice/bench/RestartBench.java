package io.sluice.bench;

import io.sluice.cli.Progress;
import io.sluice.client.ConnectionState;
import io.sluice.client.Draft;
import io.sluice.client.SluiceClient;
import io.sluice.client.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A Java client comes back after its server was killed and started again. */
@Command(
        name = "restart",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench restart", "  ./sluice bench restart --rounds 20 --dry"},
        description =
                "From the Java client's attempt to the last of what it missed, after the server was killed and started.")
final class RestartBench implements Callable<Integer> {
    private static final long PATIENCE_SECONDS = 30;

    /** So long a wait between attempts that none happens by itself: the bench says when. */
    private static final Duration NEVER = Duration.ofDays(1_000);

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--rounds", description = "Restarts for each transport. Default: ${DEFAULT-VALUE}")
    private int rounds = 10;

    @Option(names = "--missed", description = "Messages published while the client is away. Default: ${DEFAULT-VALUE}")
    private int missed = 100;

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.bindClient();
        var report = new Report("restart", options);
        var table = new ArrayList<List<String>>();
        table.add(List.of("transport", "resume, median ms", "worst ms"));
        try (var progress = Progress.of("restarts", (long) rounds * Transport.values().length)) {
            for (var transport : Transport.values()) {
                var millis = measure(transport, progress);
                report.raw("restart", Map.of("transport", transport.label(), "millis", millis));
                table.add(List.of(
                        transport.label(), Report.number(millis[rounds / 2]), Report.number(millis[rounds - 1])));
            }
        }
        report.table(
                "The Java client, %d restarts each, %d messages missed each time".formatted(rounds, missed), table);
        report.write();
        return 0;
    }

    /** Sorted. */
    private double[] measure(Transport transport, Progress progress) throws IOException, InterruptedException {
        var servers = new Servers(options);
        int port = ServerProcess.freePort();
        var command = servers.sluiceCommand(port, ServerProcess.freePort(), new SluiceSettings("disk"));
        var server = start(servers, command, port);
        var millis = new double[rounds];
        var arrived = new Semaphore(0);
        var waits = new Semaphore(0);
        try (var reader = SluiceClient.at("http://127.0.0.1:" + port)
                .transports(transport)
                .backoff(NEVER, NEVER)
                .onState(state -> waits.release(state instanceof ConnectionState.Waiting ? 1 : 0))
                .connect()) {
            reader.channel("bench")
                    .subscribe(publication -> arrived.release())
                    .awaitStart(Duration.ofSeconds(PATIENCE_SECONDS));
            for (int round = 0; round < rounds; round++) {
                server.close();
                await(waits, 1, "the client does not notice");
                server = start(servers, command, port);
                publish(port);
                long began = System.nanoTime();
                reader.retry();
                await(arrived, missed, "not everything came");
                millis[round] = (System.nanoTime() - began) / 1e6;
                waits.drainPermits();
                progress.step();
            }
        } finally {
            server.close();
        }
        Arrays.sort(millis);
        return millis;
    }

    private ServerProcess start(Servers servers, List<String> command, int port) throws IOException {
        return ServerProcess.start("sluice", command, Map.of(), port, options.serverCpus(), servers.scratch());
    }

    private void publish(int port) {
        try (var publisher = SluiceClient.connect("http://127.0.0.1:" + port)) {
            for (int i = 0; i < missed; i++) {
                publisher.channel("bench").publish(Draft.json(String.valueOf(i)));
            }
        }
    }

    private static void await(Semaphore semaphore, int permits, String otherwise)
            throws IOException, InterruptedException {
        if (!semaphore.tryAcquire(permits, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException(otherwise + " within " + PATIENCE_SECONDS + " s");
        }
    }
}
