package io.sluice.config;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How component names become keys, and which known key an unknown one is nearest to. */
final class Keys {
    private Keys() {}

    /** {@code maxAge} is {@code max_age}. */
    static String key(RecordComponent component) {
        var name = component.getName();
        var key = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                key.append('_');
            }
            key.append(Character.toLowerCase(c));
        }
        return key.toString();
    }

    /** {@code CATCH_UP} is {@code catch_up}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** What to say about {@code unknown}: the nearest of {@code known} if it is near, otherwise all of them. */
    static String suggestion(String unknown, Collection<String> known) {
        @Nullable String nearest = null;
        int least = Integer.MAX_VALUE;
        for (var candidate : known) {
            int distance = distance(unknown, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest != null && least <= Math.max(2, unknown.length() / 3)
                ? "did you mean " + nearest + "?"
                : "known here: " + String.join(", ", known);
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
