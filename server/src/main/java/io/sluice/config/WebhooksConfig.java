package io.sluice.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Publications that leave as HTTP requests, and requests of others that come in as publications.
 *
 * @param out endpoints of yours by name, beside those that are made by {@code PUT /v1/webhooks/<name>}
 * @param in providers by name, which call {@code POST /v1/hooks/<name>}
 * @param allow private networks that may be called all the same: every other address that is not public is refused
 * @param trustedCa certificates (PEM) that endpoints may be signed by, beside those that the JDK trusts
 * @param maxWebhooks how many there may be, configured ones too; beyond it 409
 * @param maxInFlight how many deliveries may be under way at once; further webhooks wait in line, holding nothing
 * @param maxInFlightPerHost how many of them to one host
 * @param timeout how long a delivery may take, from looking up the name to the answer: 100 ms to 60 s
 * @param retryFirst the longest wait before the first retry; it doubles with each, and the real wait is drawn at random below it
 * @param retryLongest where the doubling ends
 * @param retryAge how long one publication is tried before it goes to the dead letters
 * @param maxDead how many dead letters a webhook keeps; beyond it the oldest is dropped
 * @param maxDeadSize the same in bytes of their bodies
 */
public record WebhooksConfig(
        Map<String, WebhookConfig> out,
        Map<String, HookConfig> in,
        List<Network> allow,
        @Nullable Path trustedCa,
        int maxWebhooks,
        int maxInFlight,
        int maxInFlightPerHost,
        Duration timeout,
        Duration retryFirst,
        Duration retryLongest,
        Duration retryAge,
        int maxDead,
        DataSize maxDeadSize) {
    /** What a webhook's name must look like, for error messages. */
    public static final String NAME_RULE = "must be 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit";

    public WebhooksConfig() {
        this(
                Map.of(),
                Map.of(),
                List.of(),
                null,
                10_000,
                1_000,
                100,
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofHours(1),
                Duration.ofHours(24),
                1_000,
                DataSize.mib(16));
    }

    public WebhooksConfig {
        out = Map.copyOf(out);
        in = Map.copyOf(in);
        allow = List.copyOf(allow);
        for (var name : out.keySet()) {
            require(isName(name), "out: a webhook's name " + NAME_RULE + ", not '" + name + "'");
        }
        for (var name : in.keySet()) {
            require(isName(name), "in: a hook's name " + NAME_RULE + ", not '" + name + "'");
        }
        require(maxWebhooks >= 1 && maxWebhooks <= 100_000, "max_webhooks: must be 1 to 100000");
        require(out.size() <= maxWebhooks, "out: must be at most max_webhooks, which is " + maxWebhooks);
        require(maxInFlight >= 1, "max_in_flight: must be at least 1");
        require(
                maxInFlightPerHost >= 1 && maxInFlightPerHost <= maxInFlight,
                "max_in_flight_per_host: must be at least 1 and at most max_in_flight");
        require(within(timeout, Duration.ofMillis(100), Duration.ofSeconds(60)), "timeout: must be 100ms to 60s");
        require(
                within(retryFirst, Duration.ofMillis(1), Duration.ofHours(1)),
                "retry_first: must be more than 0s and at most 1h");
        require(
                within(retryLongest, retryFirst, Duration.ofDays(1)),
                "retry_longest: must be at least retry_first and at most 1d");
        require(within(retryAge, Duration.ZERO, Duration.ofDays(30)), "retry_age: must be 0s to 30d");
        require(maxDead >= 1 && maxDead <= 100_000, "max_dead: must be 1 to 100000");
        require(maxDeadSize.bytes() >= 1 << 10, "max_dead_size: must be at least 1KiB");
    }

    /** True for what may be the name of a webhook. */
    public static boolean isName(String name) {
        return name.matches("[a-z0-9][a-z0-9._-]{0,63}");
    }

    private static boolean within(Duration duration, Duration least, Duration most) {
        return duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }
}
