package io.sluice.http;

import java.util.List;

/**
 * Which web origins may read responses across origins.
 *
 * @param allowedOrigins exact origins such as {@code https://app.example.com}, or {@code *} for every origin without
 *     credentials; empty means same-origin only
 */
public record CorsSettings(List<String> allowedOrigins) {
    public CorsSettings() {
        this(List.of());
    }

    public CorsSettings {
        allowedOrigins = List.copyOf(allowedOrigins);
    }
}
