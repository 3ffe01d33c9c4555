package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What the clients of a storm saw together. Confined to the load thread. */
final class StormTally {
    private final List<Long> admissions = new ArrayList<>();
    private final Histogram latency = new Histogram(1_000L, 600_000_000_000L, 3);
    private long refusals;
    private long otherRefusals;
    private long holes;
    private long gaps;

    void reset() {
        admissions.clear();
        latency.reset();
        refusals = 0;
        otherRefusals = 0;
    }

    void admitted(long nowNanos) {
        admissions.add(nowNanos);
    }

    /** @param overloaded with 503 */
    void refused(boolean overloaded) {
        if (overloaded) {
            refusals++;
        } else {
            otherRefusals++;
        }
    }

    void gap() {
        gaps++;
    }

    void received(int before, int sequence, long nanos) {
        if (before != 0 && sequence != before + 1) {
            holes++;
        }
        latency.recordValue(Math.clamp(nanos, 1_000L, 600_000_000_000L));
    }

    int admitted() {
        return admissions.size();
    }

    long refusals() {
        return refusals;
    }

    /** Refusals that were no 503. */
    long otherRefusals() {
        return otherRefusals;
    }

    /** Messages that did not follow the one before, and gaps that the server told. */
    long lost() {
        return holes + gaps;
    }

    Histogram latency() {
        return latency;
    }

    /**
     * Admissions a second between the first {@code burst}, which an idle server lets in at once, and the last twentieth, which
     * are stragglers.
     */
    double sustainedRate(int burst) {
        int last = admissions.size() - Math.max(1, admissions.size() / 20);
        if (last <= burst) {
            return 0;
        }
        return (last - burst) * 1e9 / (admissions.get(last) - admissions.get(burst));
    }

    /** Seconds from {@code startNanos} to the last admission. */
    double secondsUntilAll(long startNanos) {
        return admissions.isEmpty() ? 0 : (admissions.getLast() - startNanos) / 1e9;
    }
}
