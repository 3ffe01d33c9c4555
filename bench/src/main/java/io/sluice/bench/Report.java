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

/** Collects tables and raw numbers, prints them, and appends them to {@code bench/results/<date>-<name>.md}. */
final class Report {
    private final String name;
    private final BenchOptions options;
    private final StringBuilder markdown = new StringBuilder();
    private final List<Object> raw = new ArrayList<>();

    Report(String name, BenchOptions options) {
        this.name = name;
        this.options = options;
    }

    void line(String text) {
        markdown.append(text).append('\n');
        System.out.println(text);
    }

    /** Adds a table whose first row is its head. */
    void table(String title, List<List<String>> rows) {
        line("\n### " + title + "\n");
        for (int i = 0; i < rows.size(); i++) {
            line("| " + String.join(" | ", rows.get(i)) + " |");
            if (i == 0) {
                line(rows.get(i).stream().map(cell -> "---").collect(Collectors.joining("|", "|", "|")));
            }
        }
    }

    /** Keeps {@code sample}, a record or a map, for the raw numbers. */
    void raw(String row, Object sample) {
        raw.add(new LinkedHashMap<>(Map.of("row", row, "sample", sample)));
    }

    static String number(double value) {
        String format = value >= 1000 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /** Appends everything to the day's file, unless the run is dry. */
    void write() throws IOException {
        if (options.dry()) {
            return;
        }
        var file = options.home().resolve("bench/results").resolve(LocalDate.now(ZoneOffset.UTC) + "-" + name + ".md");
        Files.createDirectories(file.getParent());
        var text = "# " + name + "\n\n" + machine() + markdown
                + "\n<details><summary>Raw numbers</summary>\n\n```json\n"
                + raw.stream().map(each -> JSON.writeValueAsString(each)).collect(Collectors.joining("\n"))
                + "\n```\n</details>\n\n";
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        System.out.println("\nwritten to " + options.home().relativize(file));
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private String machine() throws IOException {
        var facts = new LinkedHashMap<String, String>();
        facts.put("date", java.time.Instant.now().toString());
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
