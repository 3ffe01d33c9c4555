package io.sluice.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened, line by line with the time; kept only when a run is played again to be read. */
final class Transcript {
    private final boolean kept;
    private final List<String> lines = new ArrayList<>();

    Transcript(boolean kept) {
        this.kept = kept;
    }

    void add(int step, long nanos, String format, Object... arguments) {
        if (kept) {
            lines.add(String.format(Locale.ROOT, "%5d %8.3fs  ", step, nanos / 1e9)
                    + String.format(Locale.ROOT, format, arguments));
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
