package io.sluice.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One provider whose webhooks become publications.
 *
 * @param style how the provider signs
 * @param secrets 1 to 5; a request that any of them has signed is taken. For {@code standard} as {@code whsec_} and base64, else as
 *     the provider gives them, at least 16 bytes
 * @param channel where what comes in is published
 * @param event what the publication's event is: {@code header:<name>}, {@code json:<member>} or a fixed word. Without it the
 *     provider's own: {@code json:type}, for GitHub {@code header:x-github-event}
 * @param tolerance how old a signature may be, and how far in the future: 1 s to 1 h, 5 min without it. GitHub's have no time
 */
public record HookConfig(
        Style style,
        List<Secret> secrets,
        String channel,
        @Nullable String event,
        @Nullable Duration tolerance) {
    /** How a provider signs. */
    public enum Style {
        STANDARD,
        STRIPE,
        GITHUB
    }

    private static final int LEAST_SECRET_BYTES = 16;
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    public HookConfig {
        secrets = List.copyOf(secrets);
        require(!secrets.isEmpty() && secrets.size() <= 5, "secrets: must be 1 to 5");
        for (var secret : secrets) {
            require(
                    style == Style.STANDARD
                            ? WebhookConfig.isSecret(secret.reveal())
                            : secret.length() >= LEAST_SECRET_BYTES,
                    style == Style.STANDARD
                            ? "secrets: must be whsec_ followed by 24 to 64 bytes in base64 each"
                            : "secrets: must be at least " + LEAST_SECRET_BYTES + " bytes each");
        }
        require(
                channel.matches("[A-Za-z0-9._:@~-]{1,255}"),
                "channel: must be 1 to 255 characters of A-Z a-z 0-9 . _ : @ ~ -, not '" + channel + "'");
        require(
                event == null || event.matches("(header:|json:)?[A-Za-z0-9._-]{1,64}"),
                "event: must be header:<name>, json:<member> or a word of at most 64 characters, not '" + event + "'");
        require(
                tolerance == null
                        || (tolerance.compareTo(Duration.ofSeconds(1)) >= 0
                                && tolerance.compareTo(Duration.ofHours(1)) <= 0),
                "tolerance: must be 1s to 1h");
    }

    /** Where the event's name comes from. */
    public String eventSource() {
        if (event != null) {
            return event;
        }
        return style == Style.GITHUB ? "header:x-github-event" : "json:type";
    }

    /** How old a signature may be. */
    public Duration window() {
        return tolerance == null ? TOLERANCE : tolerance;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
