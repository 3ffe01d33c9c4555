package io.sluice.http;

import java.util.List;
import java.util.function.Supplier;

/**
 * Which web origins may read responses across origins.
 *
 * @param allowedOrigins gives exact origins such as {@code https://app.example.com}, or {@code *} for every origin without
 *     credentials; with none, same-origin only. Asked each time, since they may change
 */
public record CorsSettings(Supplier<List<String>> allowedOrigins) {
    public CorsSettings() {
        this(List::of);
    }
}
