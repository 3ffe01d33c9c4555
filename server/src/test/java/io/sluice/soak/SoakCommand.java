package io.sluice.soak;

import io.sluice.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice soak}. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the built server under churn, storms and faults. Fails when a reader missed or repeated anything that was not",
            "told as a gap, or when memory, descriptors or latency were not flat.",
            "",
            "  sluice soak --minutes 10",
            "  sluice soak --hours 8 --readers 30",
            ""
        })
public final class SoakCommand implements Callable<Integer> {
    @Option(names = "--hours", description = "How long.")
    private double hours;

    @Option(names = "--minutes", description = "How long; 10 when nothing is said.")
    private double minutes;

    @Option(names = "--readers", description = "Readers of each kind of client (${DEFAULT-VALUE}).")
    private int readers = 9;

    @Option(names = "--seed", description = "Decides when what goes wrong (${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--dry", description = "Print only; write nothing to bench/results.")
    private boolean dry;

    private final StringBuilder page = new StringBuilder();

    /** Runs one soak and exits with 0 when it passed, 1 when not. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SoakCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        double asked = hours * 60 + minutes;
        var length = Duration.ofMillis((long) ((asked == 0 ? 10 : asked) * 60_000));
        var every = Duration.ofMillis(Math.min(60_000, Math.max(1_000, length.toMillis() / 30)));
        var folder = Files.createTempDirectory("sluice-soak");
        line("# soak\n");
        line("- date: " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
        line("- " + length.toSeconds() + " seconds, " + readers + " readers of each kind, seed " + seed);
        line("- java: " + System.getProperty("java.vm.version") + "\n");
        line("| minute | judged | "
                + Soak.MEASURES.stream().map(Flatness::measure).collect(Collectors.joining(" | ")) + " |");
        line("|---|---|---|---|---|---|---|");
        try {
            var result = new Soak(new Soak.Plan(sluice(), folder, length, every, readers, seed)).run(this::tell);
            tell(result);
            write();
            return result.passed() ? 0 : 1;
        } finally {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** What the launcher says to run, with its own flags; else the classes that this was compiled with. */
    private static List<String> sluice() {
        var said = System.getProperty("sluice.command", "");
        return said.isEmpty() ? ServerProcess.command() : List.of(said.split("\n"));
    }

    private void tell(Soak.Sample sample) {
        line(String.format(Locale.ROOT, "| %.1f | %s | ", sample.minute(), sample.judged() ? "yes" : "")
                + sample.values().stream()
                        .map(value -> String.format(Locale.ROOT, "%.1f", value))
                        .collect(Collectors.joining(" | "))
                + " |");
    }

    private void tell(Soak.Result result) {
        line("\n| measure | first | median | last | grown, by its median slope | may grow by | flat |");
        line("|---|---|---|---|---|---|---|");
        for (var verdict : result.verdicts()) {
            line(String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %s |",
                    verdict.measure(),
                    verdict.first(),
                    verdict.median(),
                    verdict.last(),
                    verdict.grown(),
                    verdict.allowed(),
                    verdict.flat() ? "yes" : "**no**"));
        }
        line("\n| kind of reader | readers | messages | opened | gaps told |");
        line("|---|---|---|---|---|");
        result.readers().stream()
                .collect(Collectors.groupingBy(Following::kind, TreeMap::new, Collectors.toList()))
                .forEach((kind, all) -> line("| " + kind + " | " + all.size() + " | "
                        + all.stream().mapToLong(Following::received).sum() + " | "
                        + all.stream().mapToLong(Following::returns).sum() + " | "
                        + all.stream().mapToLong(Following::gaps).sum() + " |"));
        line("\n" + result.published() + " messages published. "
                + result.faults().entrySet().stream()
                        .map(each -> each.getKey() + ": " + each.getValue())
                        .collect(Collectors.joining("; "))
                + ".");
        line(
                result.violations().isEmpty()
                        ? "\nEvery reader got every message once and in order, or was told the gap."
                        : "\n**Broken:**\n\n- " + String.join("\n- ", result.violations()));
        line(result.passed() ? "\nPassed." : "\n**Failed.**");
    }

    private void line(String text) {
        page.append(text).append('\n');
        System.out.println(text);
    }

    private void write() throws IOException {
        if (dry) {
            return;
        }
        var day = Instant.now().toString().substring(0, 10);
        var file = Path.of("bench", "results", day + "-soak.md");
        Files.writeString(file, page + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        System.out.println("\nwritten to " + file);
    }
}
