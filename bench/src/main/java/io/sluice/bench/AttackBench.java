package io.sluice.bench;

import io.sluice.attack.Attack;
import io.sluice.attack.Attacks;
import io.sluice.attack.HonestClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an honest client notices while somebody else attacks. */
@Command(
        name = "attack",
        mixinStandardHelpOptions = true,
        description = "An honest client's latency while each attack runs from other connections of this machine.")
final class AttackBench implements Callable<Integer> {
    private static final double MILLION = 1e6;
    private static final int LARGE = 900_000;
    private static final int LARGE_MESSAGES = 16;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--seconds", description = "How long each attack lasts. Default: ${DEFAULT-VALUE}")
    private int seconds = 10;

    @Option(names = "--attackers", description = "How many threads attack. Default: ${DEFAULT-VALUE}")
    private int attackers = 2;

    @Option(names = "--only", description = "Only the attack of this name")
    private String only = "";

    @Override
    public Integer call() throws IOException {
        options.bindClient();
        var report = new Report("attack", options);
        var table = new ArrayList<List<String>>();
        table.add(List.of("attack", "honest answers", "p50 ms", "p99 ms", "max ms", "RSS MB", "honest client"));
        boolean unharmed = true;
        try (var server = new Servers(options).start("sluice", new SluiceSettings("disk"))) {
            int port = server.address().getPort();
            fill(port);
            try (var honest = new HonestClient(port)) {
                quiet(honest);
                honest.latencies();
                quiet(honest);
                table.add(row("quiet", honest, server));
                for (var attack : Attacks.ALL) {
                    if (only.isEmpty() || attack.name().equals(only)) {
                        run(attack, port);
                        table.add(row(attack.name(), honest, server));
                    }
                }
                unharmed = honest.failure().isEmpty();
            }
        }
        report.table(
                "honest client beside each attack, %d s, %d attacking threads".formatted(seconds, attackers), table);
        report.write();
        return unharmed ? 0 : 1;
    }

    /** Some attacks ask for a large response. */
    private static void fill(int port) throws IOException {
        var uri = URI.create("http://127.0.0.1:" + port + "/v1/channels/large/messages");
        var large = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString("\"" + "x".repeat(LARGE) + "\""))
                .build();
        try (var client = HttpClient.newHttpClient()) {
            for (int i = 0; i < LARGE_MESSAGES; i++) {
                var answer = client.send(large, HttpResponse.BodyHandlers.discarding());
                if (answer.statusCode() != 201) {
                    throw new IOException("a publish was answered " + answer.statusCode());
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private void quiet(HonestClient honest) {
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < until && honest.failure().isEmpty()) {
            LockSupport.parkNanos(10_000_000L);
        }
    }

    private void run(Attack attack, int port) throws IOException {
        var over = new AtomicBoolean();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < attackers; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    attack.once(port);
                }
            }));
        }
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(10_000_000L);
        }
        over.set(true);
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
        }
    }

    private static List<String> row(String name, HonestClient honest, ServerProcess server) throws IOException {
        var latencies = honest.latencies();
        return List.of(
                name,
                "%,d".formatted(latencies.size()),
                millis(latencies, 0.5),
                millis(latencies, 0.99),
                millis(latencies, 1),
                "%d".formatted(server.usage().residentBytes() >> 20),
                honest.failure().orElse("served"));
    }

    private static String millis(List<Long> sorted, double part) {
        if (sorted.isEmpty()) {
            return "-";
        }
        int at = Math.min(sorted.size() - 1, (int) (sorted.size() * part));
        return "%.2f".formatted(sorted.get(at) / MILLION);
    }
}
