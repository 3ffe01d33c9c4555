package io.sluice.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;

/** What a client takes (RFC 9110 section 12.5.1). */
final class Accept {
    private Accept() {}

    /**
     * True when {@code fields} accept {@code type}, such as {@code application/json}: without {@code Accept}, or by the most
     * specific range that covers it, unless that has weight 0. Parameters other than the weight are not looked at.
     */
    static boolean takes(HttpHeaders fields, String type) {
        var accepts = fields.getAll("accept");
        if (accepts.isEmpty()) {
            return true;
        }
        var family = type.substring(0, type.indexOf('/') + 1) + "*";
        int best = 0;
        boolean taken = false;
        boolean any = false;
        for (var accept : accepts) {
            for (var item : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
                int end = item.indexOf(';');
                var range = (end < 0 ? item : item.substring(0, end)).trim();
                any |= !range.isEmpty();
                int specific = range.equals(type) ? 3 : range.equals(family) ? 2 : range.equals("*/*") ? 1 : 0;
                if (specific > best) {
                    best = specific;
                    taken = end < 0 || !isWeightless(item.substring(end));
                }
            }
        }
        return taken || !any;
    }

    private static boolean isWeightless(String parameters) {
        for (var parameter : parameters.split(";", -1)) {
            var trimmed = parameter.trim();
            if (trimmed.startsWith("q=")) {
                return trimmed.substring(2).trim().matches("0(\\.0{0,3})?");
            }
        }
        return false;
    }
}
