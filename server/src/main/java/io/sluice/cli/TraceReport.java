package io.sluice.cli;

import io.sluice.cli.Trace.Phase;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Help.Ansi;

/** What traces say: the median of each phase as a bar behind those before it, and percentiles where there are several. */
final class TraceReport {
    private static final int WIDTH = 40;
    private static final int[] PERCENTILES = {50, 90, 99, 100};
    private static final String[] NAMES = {"p50", "p90", "p99", "max"};

    private final URI url;
    private final List<Trace> traces;
    private final List<String> failures;

    TraceReport(URI url, List<Trace> traces, List<String> failures) {
        this.url = url;
        this.traces = traces;
        this.failures = failures;
    }

    List<String> lines(Ansi colours) {
        var lines = new ArrayList<String>();
        if (!traces.isEmpty()) {
            var last = traces.getLast();
            lines.add(url + "  " + last.status() + ", " + last.bytes() + " bytes from " + last.remote()
                    + (last.protocol().isEmpty() ? "" : ", " + last.protocol()));
            lines.add("");
            bars(lines, colours);
        }
        if (!failures.isEmpty()) {
            lines.add("");
            lines.add(failures.size() + " of " + (failures.size() + traces.size()) + " failed; the last: "
                    + failures.getLast());
        }
        return lines;
    }

    private void bars(List<String> lines, Ansi colours) {
        if (traces.size() > 1) {
            lines.add("%-9s".formatted("ms") + header());
        }
        long whole = 0;
        for (var phase : Phase.values()) {
            whole += percentile(of(phase), 50);
        }
        long before = 0;
        for (var phase : Phase.values()) {
            long median = percentile(of(phase), 50);
            if (traces.getLast().nanos().containsKey(phase)) {
                var bar = " ".repeat(cells(before, whole))
                        + "█".repeat(Math.max(1, cells(before + median, whole) - cells(before, whole)));
                lines.add("%-9s".formatted(phase.label()) + times(of(phase)) + "  "
                        + ColourOption.painted(colours, Ansi.Style.fg_cyan, bar) + "  " + phase.meaning());
            }
            before += median;
        }
        lines.add("%-9s".formatted("total") + times(Trace::total));
    }

    private String header() {
        var header = new StringBuilder();
        for (var name : NAMES) {
            header.append("%10s".formatted(name));
        }
        return header.toString();
    }

    private String times(ToLongFunction<Trace> value) {
        var times = new StringBuilder();
        for (int i = 0; i < (traces.size() > 1 ? PERCENTILES.length : 1); i++) {
            times.append("%10s".formatted(millis(percentile(value, PERCENTILES[i]))));
        }
        return times.toString();
    }

    /** One JSON object on one line. */
    String json() {
        var phases = new LinkedHashMap<String, Object>();
        for (var phase : Phase.values()) {
            if (!traces.isEmpty() && traces.getLast().nanos().containsKey(phase)) {
                phases.put(phase.label(), percentiles(of(phase)));
            }
        }
        if (!traces.isEmpty()) {
            phases.put("total", percentiles(Trace::total));
        }
        var report = new LinkedHashMap<String, Object>();
        report.put("url", url.toString());
        report.put("requests", traces.size() + failures.size());
        report.put("failures", failures);
        if (!traces.isEmpty()) {
            report.put("status", traces.getLast().status());
            report.put("bytes", traces.getLast().bytes());
            report.put("remote", traces.getLast().remote());
            report.put("tls", traces.getLast().protocol());
        }
        report.put("milliseconds", phases);
        return Json.MAPPER.writeValueAsString(report);
    }

    private Map<String, Object> percentiles(ToLongFunction<Trace> value) {
        var percentiles = new LinkedHashMap<String, Object>();
        for (int i = 0; i < NAMES.length; i++) {
            percentiles.put(NAMES[i], percentile(value, PERCENTILES[i]) / 1_000_000.0);
        }
        return percentiles;
    }

    private static ToLongFunction<Trace> of(Phase phase) {
        return trace -> trace.nanos().getOrDefault(phase, 0L);
    }

    /** By nearest rank. */
    private long percentile(ToLongFunction<Trace> value, int percent) {
        var sorted = traces.stream().mapToLong(value).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[Math.max(0, (sorted.length * percent + 99) / 100 - 1)];
    }

    private static int cells(long nanos, long whole) {
        return whole == 0 ? 0 : (int) (nanos * WIDTH / whole);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / 1e6);
    }
}
