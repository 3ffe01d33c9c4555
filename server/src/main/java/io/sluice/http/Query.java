package io.sluice.http;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The decoded query parameters of a request target, in order of appearance. */
public record Query(Map<String, List<String>> parameters) {
    public static final Query EMPTY = new Query(Map.of());

    /** The first value of {@code name}, or null when it is absent. */
    public @Nullable String first(String name) {
        var values = parameters.get(name);
        return values == null || values.isEmpty() ? null : values.getFirst();
    }

    /** Every value of {@code name}; empty when it is absent. */
    public List<String> all(String name) {
        return parameters.getOrDefault(name, List.of());
    }
}
