package io.sluice.config;

import java.time.Duration;

/**
 * How much one session may take: a WebSocket, a stream. Beyond it an error reply with {@code retry_after_ms}.
 *
 * @param publishes publications and signals
 * @param subscribes subscriptions, and reads of history and presence
 * @param bytes what is published and signalled
 * @param refusals how often it may be refused for its rate before the session is closed with 4429
 */
public record SessionShareConfig(Rate publishes, Rate subscribes, Rate bytes, Rate refusals) {
    public SessionShareConfig() {
        this(
                Rate.per(1_000, Duration.ofSeconds(10)),
                Rate.per(4_000, Duration.ofSeconds(10)),
                Rate.per(16 << 20, Duration.ofSeconds(10)),
                Rate.per(200, Duration.ofSeconds(10)));
    }
}
