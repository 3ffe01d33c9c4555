package io.sluice.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A backend of yours that is asked what no grant of a caller allows. No answer means no.
 *
 * @param url where the question is posted: an https URL, or http on a loopback address; without it only grants count
 * @param secret signs the questions (Standard Webhooks), at least 24 bytes; must be set with {@code url}
 * @param timeout how long an answer may take, 10 ms to 10 s; beyond it 504
 * @param maxAge how long an answer is remembered at most, whatever its {@code Cache-Control} says
 * @param maxCached how many answers are remembered; the least used are asked again
 * @param maxPending how many questions may be open at once; beyond it 503
 */
public record AuthCallbackConfig(
        @Nullable String url,
        @Nullable Secret secret,
        Duration timeout,
        Duration maxAge,
        int maxCached,
        int maxPending) {
    private static final int LEAST_SECRET_BYTES = 24;

    public AuthCallbackConfig() {
        this(null, null, Duration.ofSeconds(2), Duration.ofMinutes(5), 100_000, 1_000);
    }

    public AuthCallbackConfig {
        require(
                url == null || AuthConfig.isTrustworthy(url),
                "url: must be an https URL, or http on a loopback address, not '" + url + "'");
        require((url == null) == (secret == null), "secret: must be set with url, and not without it");
        require(secret == null || secret.length() >= LEAST_SECRET_BYTES, "secret: must be at least 24 bytes long");
        require(
                timeout.compareTo(Duration.ofMillis(10)) >= 0 && timeout.compareTo(Duration.ofSeconds(10)) <= 0,
                "timeout: must be 10ms to 10s");
        require(!maxAge.isNegative() && maxAge.compareTo(Duration.ofHours(24)) <= 0, "max_age: must be 0s to 24h");
        require(maxCached >= 1, "max_cached: must be at least 1");
        require(maxPending >= 1, "max_pending: must be at least 1");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
