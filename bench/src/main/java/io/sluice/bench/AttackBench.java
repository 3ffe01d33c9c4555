package io.sluice.bench;

import io.sluice.attack.Attack;
import io.sluice.attack.Attacks;
import io.sluice.attack.CallerAttacks;
import io.sluice.attack.HonestClient;
import io.sluice.cli.Progress;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What an honest client notices while somebody else attacks. The server has one CPU, the honest client the other, and the
 * attacker, a process of its own, what the honest client leaves of that: it is scheduled only while the honest client sleeps, so
 * what is measured is the server. The row {@code burn} shows it: the same process without the attack.
 */
@Command(
        name = "attack",
        mixinStandardHelpOptions = true,
        footer = {"", "  ./sluice bench attack --seconds 5"},
        description = "An honest client's latency while each attack runs from another process of this machine.")
final class AttackBench implements Callable<Integer> {
    private static final double MILLION = 1e6;
    private static final int LARGE = 900_000;
    private static final int LARGE_MESSAGES = 16;
    private static final int QUIET_SPELLS = 3;
    private static final List<String> HEAD = List.of(
            "attack",
            "defended",
            "honest answers",
            "p50 ms",
            "p99 ms",
            "p99 to quiet",
            "max ms",
            "p99 ms, first seconds",
            "server CPU",
            "others on its CPU",
            "RSS MB",
            "growth MB",
            "honest client");

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Option(names = "--seconds", description = "How long each attack lasts. Default: ${DEFAULT-VALUE}")
    private int seconds = 10;

    @Option(
            names = "--before",
            description =
                    "How long each attack goes on before it is measured, while the server compiles what it does. Default:"
                            + " ${DEFAULT-VALUE} s")
    private int before = 5;

    @Option(names = "--attackers", description = "How many threads attack. Default: ${DEFAULT-VALUE}")
    private int attackers = 2;

    @Option(
            names = "--many-addresses",
            description = "Attackers count as if each connection came from another address: no limit by address holds")
    private boolean manyAddresses;

    @Option(
            names = "--only",
            description = "Only the attacks whose names contain this; may be given again",
            arity = "1")
    private List<String> only = new ArrayList<>();

    private record Row(
            String attack,
            double defended,
            int answers,
            double p50,
            double p99,
            double ratio,
            double max,
            double first,
            double cpu,
            double others,
            long residentMb,
            long growthMb,
            String honest) {
        List<String> cells() {
            return List.of(
                    attack,
                    "%,.0f".formatted(defended),
                    "%,d".formatted(answers),
                    "%.2f".formatted(p50),
                    "%.2f".formatted(p99),
                    "%.1f".formatted(ratio),
                    "%.2f".formatted(max),
                    "%.2f".formatted(first),
                    "%.0f %%".formatted(cpu * 100),
                    "%.0f %%".formatted(others * 100),
                    Long.toString(residentMb),
                    Long.toString(growthMb),
                    honest);
        }
    }

    @Override
    public Integer call() throws IOException {
        options.bindClient();
        var report = new Report("attack", options);
        var table = new ArrayList<List<String>>();
        table.add(HEAD);
        var keys = Files.createTempFile("bench", ".jwks");
        keys.toFile().deleteOnExit();
        Files.writeString(keys, CallerAttacks.PUBLIC_KEYS);
        var exempt = manyAddresses ? "  exempt: [127.0.0.0/8]\n" : "  exempt: [127.0.0.1/32]\n";
        var open = new SluiceSettings("disk").with(exempt);
        var guarded = open.admitting("1000/1s").with(exempt + CallerAttacks.SETTINGS.formatted(keys));
        var anywhere = chosen(Attacks.ON_ANY_SERVER);
        var byCallers = chosen(CallerAttacks.ALL);
        boolean unharmed;
        try (var progress = Progress.of("spells", spells(anywhere) + spells(byCallers))) {
            unharmed = run(open, "", anywhere, report, table, progress);
            unharmed &= run(guarded, CallerAttacks.KEY, byCallers, report, table, progress);
        }
        report.table(
                "honest client beside each attack, %d s, %d attacking threads, %s"
                        .formatted(seconds, attackers, manyAddresses ? "no limit by address" : "from one address"),
                table);
        report.write();
        return unharmed ? 0 : 1;
    }

    private List<Attack> chosen(List<Attack> attacks) {
        return attacks.stream()
                .filter(attack -> only.isEmpty() || only.stream().anyMatch(attack.name()::contains))
                .toList();
    }

    /** How many {@link #run} steps through: those without an attack come first. */
    private static long spells(List<Attack> chosen) {
        return chosen.isEmpty() ? 0 : QUIET_SPELLS + 3L + chosen.size();
    }

    private boolean run(
            SluiceSettings settings,
            String key,
            List<Attack> chosen,
            Report report,
            List<List<String>> table,
            Progress progress)
            throws IOException {
        if (chosen.isEmpty()) {
            return true;
        }
        int adminPort = ServerProcess.freePort();
        try (var server = new Servers(options).sluice(adminPort, settings)) {
            int port = server.address().getPort();
            if (key.isEmpty()) {
                fill(port);
            }
            try (var honest = new HonestClient(port, key)) {
                pause(honest, seconds);
                measure(new Attack("warm-up", "", at -> {}), Attacker.BURN, honest, server, adminPort, 0, 0);
                progress.step();
                double quiet = median(honest, progress);
                long resident = server.usage().residentBytes();
                var rows = new ArrayList<Row>();
                rows.add(measure(new Attack("quiet", "", at -> {}), "", honest, server, adminPort, quiet, resident));
                progress.step();
                rows.add(measure(
                        new Attack("burn", "", at -> {}), Attacker.BURN, honest, server, adminPort, quiet, resident));
                progress.step();
                for (var attack : chosen) {
                    rows.add(measure(attack, attack.name(), honest, server, adminPort, quiet, resident));
                    pause(honest, 1);
                    honest.latencies();
                    progress.step();
                }
                for (var row : rows) {
                    report.raw(row.attack, row);
                    table.add(row.cells());
                }
                return honest.failure().isEmpty();
            }
        }
    }

    /** The p99 that attacks are compared with: the median of some quiet spells, since one alone is a matter of luck. */
    private double median(HonestClient honest, Progress progress) {
        var spells = new double[QUIET_SPELLS];
        for (int i = 0; i < spells.length; i++) {
            honest.latencies();
            pause(honest, seconds);
            spells[i] = at(honest.latencies(), 0.99);
            progress.step();
        }
        Arrays.sort(spells);
        return spells[QUIET_SPELLS / 2];
    }

    private Row measure(
            Attack attack,
            String process,
            HonestClient honest,
            ServerProcess server,
            int adminPort,
            double quiet,
            long residentBefore)
            throws IOException {
        double first = 0;
        if (!process.isEmpty() && before > 0) {
            honest.latencies();
            attack(process, server.address().getPort(), before);
            first = at(honest.latencies(), 0.99);
        }
        double defended = counted(adminPort, attack);
        double cpuBefore = server.usage().cpuSeconds();
        double busyBefore = ProcessUsage.busySeconds(options.serverCpus());
        honest.latencies();
        long start = System.nanoTime();
        if (process.isEmpty()) {
            pause(honest, seconds);
        } else {
            attack(process, server.address().getPort(), seconds);
        }
        double elapsed = (System.nanoTime() - start) / 1e9;
        var latencies = honest.latencies();
        double cpu = (server.usage().cpuSeconds() - cpuBefore) / elapsed;
        double busy = (ProcessUsage.busySeconds(options.serverCpus()) - busyBefore) / elapsed;
        long resident = server.usage().residentBytes();
        double p99 = at(latencies, 0.99);
        return new Row(
                attack.name(),
                attack.evidence().isEmpty() ? 0 : counted(adminPort, attack) - defended,
                latencies.size(),
                at(latencies, 0.5),
                p99,
                quiet == 0 ? 0 : p99 / quiet,
                at(latencies, 1),
                first,
                cpu,
                Math.max(0, busy - cpu),
                resident >> 20,
                (resident - residentBefore) >> 20,
                honest.failure().orElse("served"));
    }

    private void attack(String name, int port, int seconds) throws IOException {
        var command = List.of(
                Servers.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator)),
                Attacker.class.getName(),
                Integer.toString(port),
                Integer.toString(seconds),
                Integer.toString(attackers),
                name);
        var process =
                new ProcessBuilder(options.inTheBackground(command)).inheritIO().start();
        try {
            if (!process.waitFor(seconds + 30L, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the attacker did not end: " + name);
            }
            if (process.exitValue() != 0) {
                throw new IOException("the attacker failed: " + name);
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** Some attacks ask for a large response. */
    private static void fill(int port) throws IOException {
        var uri = URI.create("http://127.0.0.1:" + port + "/v1/channels/large/messages");
        var large = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString("\"" + "x".repeat(LARGE) + "\""))
                .build();
        for (int i = 0; i < LARGE_MESSAGES; i++) {
            if (send(large).statusCode() != 201) {
                throw new IOException("a publish was refused");
            }
        }
    }

    private static double counted(int adminPort, Attack attack) throws IOException {
        if (attack.evidence().isEmpty()) {
            return 0;
        }
        var metrics = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/metrics"))
                .build();
        return send(metrics)
                .body()
                .lines()
                .filter(line -> line.startsWith(attack.evidence()))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    private static void pause(HonestClient honest, int seconds) {
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < until && honest.failure().isEmpty()) {
            LockSupport.parkNanos(10_000_000L);
        }
    }

    /** In milliseconds. */
    private static double at(List<Long> sorted, double part) {
        return sorted.isEmpty() ? 0 : sorted.get(Math.min(sorted.size() - 1, (int) (sorted.size() * part))) / MILLION;
    }
}
