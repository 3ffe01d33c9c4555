package io.sluice.bench.compare;

import io.sluice.bench.FanoutSample;
import io.sluice.bench.Report;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The turns of one peer in a line of a table: the median, and the range where turns differ. */
record Summary(List<FanoutSample> turns) {
    double median(ToDoubleFunction<FanoutSample> value) {
        var sorted = turns.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Over all turns together. */
    double perCpuSecond() {
        return turns.stream().mapToLong(FanoutSample::deliveries).sum()
                / Math.max(
                        0.01,
                        turns.stream()
                                .mapToDouble(FanoutSample::serverCpuSeconds)
                                .sum());
    }

    String range(ToDoubleFunction<FanoutSample> value) {
        var all = turns.stream().mapToDouble(value).summaryStatistics();
        return Report.number(all.getMin()) + " to " + Report.number(all.getMax());
    }

    String percent(ToDoubleFunction<FanoutSample> value) {
        return Report.number(100 * median(sample -> value.applyAsDouble(sample) / sample.seconds())) + "%";
    }

    String total(ToDoubleFunction<FanoutSample> value) {
        return Long.toString((long) turns.stream().mapToDouble(value).sum());
    }
}
