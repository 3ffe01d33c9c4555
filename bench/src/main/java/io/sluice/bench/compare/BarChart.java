package io.sluice.bench.compare;

import io.sluice.bench.Report;
import java.util.Map;

/** Horizontal bars as an SVG image that reads on light and dark pages. */
final class BarChart {
    private static final int WIDTH = 640;
    private static final int LABELS = 90;
    private static final int NUMBERS = 90;
    private static final int BAR = 18;
    private static final int STEP = 26;
    private static final int TOP = 34;

    private BarChart() {}

    /** The bars in the order of {@code values}, the longest as wide as there is room; ours stands out. */
    static String svg(String title, Map<String, Double> values) {
        double longest =
                values.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
        var out = new StringBuilder();
        int height = TOP + values.size() * STEP + 6;
        out.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n"
                        .formatted(WIDTH, height));
        out.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        out.append("<text x=\"8\" y=\"20\" font-weight=\"bold\" fill=\"#24292f\">%s</text>\n".formatted(title));
        int y = TOP;
        for (var each : values.entrySet()) {
            double share = longest == 0 ? 0 : each.getValue() / longest;
            long width = Math.round(Math.max(1, share * (WIDTH - LABELS - NUMBERS)));
            var fill = each.getKey().startsWith("sluice") ? "#0b6bcb" : "#9aa4b0";
            out.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#24292f\">%s</text>\n"
                    .formatted(LABELS - 8, y + 14, each.getKey()));
            out.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n"
                    .formatted(LABELS, y, width, BAR, fill));
            out.append("<text x=\"%d\" y=\"%d\" fill=\"#24292f\">%s</text>\n"
                    .formatted(LABELS + width + 6, y + 14, Report.number(each.getValue())));
            y += STEP;
        }
        return out.append("</svg>\n").toString();
    }
}
