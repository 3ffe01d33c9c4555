package io.sluice.graphql;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The forms in which a result may leave over HTTP, and which of them a client wants (RFC 9110 section 12.5.1). */
public enum GraphQlAnswer {
    /** Where the status says whether the operation was executed (GraphQL over HTTP section 6.4.2). */
    RESPONSE("application/graphql-response+json"),
    /** Where a well-formed request is always 200 (section 6.4.1). */
    JSON("application/json"),
    /** Server-sent events: one operation per connection of the GraphQL over SSE protocol. */
    EVENTS("text/event-stream");

    private final String mediaType;

    GraphQlAnswer(String mediaType) {
        this.mediaType = mediaType;
    }

    public String mediaType() {
        return mediaType;
    }

    /**
     * The form that weighs most, JSON without {@code Accept}; null when the client takes none. Of equal ones a form that was
     * named comes before one that only a range covers, then the order above; ranges mean JSON where they cover it.
     */
    public static @Nullable GraphQlAnswer of(HttpHeaders fields) {
        var accepts = String.join(",", fields.getAll("accept")).toLowerCase(Locale.ROOT);
        if (accepts.isBlank()) {
            return JSON;
        }
        GraphQlAnswer best = null;
        int most = 0;
        for (var form : new GraphQlAnswer[] {RESPONSE, JSON, EVENTS}) {
            int score = form.score(accepts.split(",", -1));
            if (score > most) {
                most = score;
                best = form;
            }
        }
        return best;
    }

    /** 0 when it is not taken; else its weight in thousandths, shifted, and how specific the range is that covers it. */
    private int score(String[] items) {
        int specific = 0;
        int weight = 0;
        for (var item : items) {
            var parts = item.split(";", -1);
            var range = parts[0].trim();
            int now = range.equals(mediaType)
                    ? 4
                    : range.equals(mediaType.substring(0, mediaType.indexOf('/')) + "/*")
                            ? 2
                            : range.equals("*/*") ? 1 : 0;
            if (now > specific) {
                specific = now;
                weight = weight(parts);
            }
        }
        boolean preferred = this == JSON && specific < 4;
        return weight == 0 || specific == 0 ? 0 : weight * 10 + (specific == 4 ? 2 : preferred ? 1 : 0);
    }

    private static int weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            var parameter = parts[i].trim();
            if (parameter.startsWith("q=")) {
                var digits = parameter.substring(2).trim();
                return digits.matches("[01](\\.\\d{0,3})?")
                        ? (int) Math.round(Double.parseDouble(digits) * 1000)
                        : 1000;
            }
        }
        return 1000;
    }
}
