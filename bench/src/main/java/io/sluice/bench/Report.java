package io.sluice.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Collects tables, charts and raw numbers, prints them, and appends them to {@code bench/results/<date>-<name>.md}. Charts, and raw numbers
 * of those reports that keep them beside the page, are files of the folder {@code <date>-<name>}.
 */
public final class Report {
    private final String name;
    private final BenchOptions options;
    private final StringBuilder markdown = new StringBuilder();
    private final List<Object> raw = new ArrayList<>();
    private final Map<String, String> charts = new LinkedHashMap<>();
    private final String day = LocalDate.now(ZoneOffset.UTC).toString();
    private final boolean rawBeside;

    public Report(String name, BenchOptions options) {
        this(name, options, false);
    }

    /** @param rawBeside true when raw numbers go to {@code raw.jsonl} beside the page, not into it */
    public Report(String name, BenchOptions options, boolean rawBeside) {
        this.name = name;
        this.options = options;
        this.rawBeside = rawBeside;
    }

    public void line(String text) {
        markdown.append(text).append('\n');
        System.out.println(text);
    }

    /** Adds a table whose first row is its head. */
    public void table(String title, List<List<String>> rows) {
        line("\n### " + title + "\n");
        line(markdown(rows).stripTrailing());
    }

    /** A table whose first row is its head, with a line end. */
    public static String markdown(List<List<String>> rows) {
        var table = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            table.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                table.append("|").append("---|".repeat(rows.get(i).size())).append('\n');
            }
        }
        return table.toString();
    }

    /** What was told so far. */
    public String text() {
        return markdown.toString();
    }

    /** Shows {@code svg}, an image whose file is called {@code file}. */
    public void chart(String title, String file, String svg) {
        charts.put(file, svg);
        markdown.append("\n![")
                .append(title)
                .append("](")
                .append(folder())
                .append('/')
                .append(file)
                .append(")\n");
    }

    private String folder() {
        return day + "-" + name;
    }

    /** Keeps {@code sample}, a record or a map, for the raw numbers. */
    public void raw(String row, Object sample) {
        raw.add(new LinkedHashMap<>(Map.of("row", row, "sample", sample)));
    }

    public static String number(double value) {
        String format = value >= 1000 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /** Appends everything to the day's file, unless the run is dry. */
    public void write() throws IOException {
        if (options.dry()) {
            return;
        }
        var results = options.home().resolve("bench/results");
        var file = results.resolve(folder() + ".md");
        Files.createDirectories(rawBeside || !charts.isEmpty() ? results.resolve(folder()) : results);
        for (var chart : charts.entrySet()) {
            Files.writeString(results.resolve(folder()).resolve(chart.getKey()), chart.getValue());
        }
        var numbers = raw.stream().map(each -> JSON.writeValueAsString(each)).collect(Collectors.joining("\n"));
        var text = "# " + name + "\n\n" + machine() + markdown;
        if (rawBeside) {
            append(results.resolve(folder()).resolve("raw.jsonl"), numbers + "\n");
            append(file, text + "\n[Raw numbers](" + folder() + "/raw.jsonl)\n\n");
        } else {
            append(
                    file,
                    text + "\n<details><summary>Raw numbers</summary>\n\n```json\n" + numbers
                            + "\n```\n</details>\n\n");
        }
        System.out.println("\nwritten to " + options.home().relativize(file));
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private String machine() throws IOException {
        var facts = new LinkedHashMap<String, String>();
        facts.put(
                "date",
                java.time.Instant.now()
                        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                        .toString());
        facts.put("commit", output("git", "-C", options.home().toString(), "describe", "--always", "--dirty"));
        facts.put(
                "cpu",
                firstMatch(Path.of("/proc/cpuinfo"), "model name") + ", " + output("nproc", "--all") + " CPUs, "
                        + firstMatch(Path.of("/proc/meminfo"), "MemTotal"));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        facts.put("server CPUs", options.serverCpus().isEmpty() ? "all" : options.serverCpus());
        facts.put("server flags", String.join(" ", options.serverFlags()));
        var pauses = Pauses.measure(options);
        facts.put("clock on the server's CPUs, afterwards", pauses.getFirst());
        facts.put("clock on the client's CPUs, afterwards", pauses.getLast());
        if (!options.note().isEmpty()) {
            facts.put("note", options.note());
        }
        return facts.entrySet().stream()
                .map(fact -> "- " + fact.getKey() + ": " + fact.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static String firstMatch(Path file, String start) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("unknown");
    }

    private static String output(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var out = process.getInputStream()) {
            return new String(out.readNBytes(1000), StandardCharsets.UTF_8).trim();
        }
    }
}
