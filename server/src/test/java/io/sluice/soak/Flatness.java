package io.sluice.soak;

import java.util.Arrays;
import java.util.List;

/**
 * Whether a measure stays where it is. The slope is the median of the slopes between all pairs of samples (Theil and Sen), which a few
 * outliers do not move; the first fifth is left out as warming up. What it comes to over the whole run may be a share of the median, or so
 * much at least.
 *
 * @param share of the median that the measure may grow by over the run
 * @param atLeast what it may grow by in any case, in the measure's own unit
 */
record Flatness(String measure, double share, double atLeast) {
    private static final int WARM_UP_PART = 5;

    /**
     * What came of it.
     *
     * @param grown slope times length; negative when it fell
     * @param allowed the most that counts as flat
     */
    record Verdict(String measure, double first, double median, double last, double grown, double allowed) {
        boolean flat() {
            return grown <= allowed;
        }
    }

    /** Judges samples that were taken at even intervals; with fewer than three nothing can be said, and that is flat. */
    Verdict judge(List<Double> all) {
        var samples = all.subList(all.size() / WARM_UP_PART, all.size());
        double median = median(samples.stream().mapToDouble(Double::doubleValue).toArray());
        double grown = samples.size() < 3 ? 0 : median(slopes(samples)) * (samples.size() - 1);
        return new Verdict(
                measure,
                all.isEmpty() ? 0 : all.getFirst(),
                median,
                all.isEmpty() ? 0 : all.getLast(),
                grown,
                Math.max(atLeast, share * median));
    }

    private static double[] slopes(List<Double> samples) {
        var slopes = new double[samples.size() * (samples.size() - 1) / 2];
        int count = 0;
        for (int i = 0; i < samples.size(); i++) {
            for (int j = i + 1; j < samples.size(); j++) {
                slopes[count++] = (samples.get(j) - samples.get(i)) / (j - i);
            }
        }
        return slopes;
    }

    private static double median(double[] values) {
        if (values.length == 0) {
            return 0;
        }
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
