package io.sluice.hub.transport;

import io.sluice.observe.Metrics;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/** What webhooks count, out and in. Thread-safe; counters are read when they are scraped. */
final class WebhookMetrics {
    /** How an attempt to deliver ended. */
    enum Outcome {
        /** Taken by a status of 2xx. */
        ACKNOWLEDGED,
        /** Any other status. */
        REJECTED,
        /** Status 410. */
        GONE,
        TIMEOUT,
        DNS,
        ADDRESS_REFUSED,
        UNREACHABLE,
        TLS,
        BROKEN
    }

    /** How a request that came in ended. */
    enum Received {
        STORED,
        REPLAYED,
        BAD_SIGNATURE,
        REFUSED
    }

    private final Map<Outcome, LongAdder> deliveries = new EnumMap<>(Outcome.class);
    private final Map<Received, LongAdder> received = new EnumMap<>(Received.class);
    private final LongAdder retries = new LongAdder();
    private final LongAdder dead = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder gaps = new LongAdder();

    WebhookMetrics() {
        for (var outcome : Outcome.values()) {
            deliveries.put(outcome, new LongAdder());
        }
        for (var outcome : Received.values()) {
            received.put(outcome, new LongAdder());
        }
    }

    /** Shows these numbers to scrapers; called once. */
    void export(Metrics metrics, Webhooks webhooks) {
        deliveries.forEach((outcome, count) -> metrics.count(
                "sluice_webhook_deliveries_total",
                "Attempts to deliver, by how they ended",
                count,
                "outcome",
                word(outcome)));
        received.forEach((outcome, count) -> metrics.count(
                "sluice_webhook_received_total",
                "Requests of providers, by how they ended",
                count,
                "outcome",
                word(outcome)));
        metrics.count("sluice_webhook_retries_total", "Attempts after the first", retries);
        metrics.count("sluice_webhook_gaps_total", "Gaps told to endpoints", gaps);
        metrics.count("sluice_webhook_dead_total", "Deliveries given up and kept as dead letters", dead);
        metrics.count("sluice_webhook_dead_dropped_total", "Dead letters dropped to make room", dropped);
        metrics.gauge(
                "sluice_webhook_in_flight",
                "Deliveries under way",
                webhooks,
                all -> all.shared().slots().taken());
        for (var state : WebhookStanding.Health.values()) {
            gauge(metrics, webhooks, "sluice_webhook_endpoints", "Webhooks, by state", all -> all.count(state), state);
        }
        metrics.gauge(
                "sluice_webhook_lag_seconds",
                "Age of the oldest publication that an endpoint which is neither paused nor disabled has not taken",
                webhooks,
                Webhooks::lagSeconds);
    }

    private static void gauge(
            Metrics metrics,
            Webhooks webhooks,
            String name,
            String help,
            ToDoubleFunction<Webhooks> reading,
            WebhookStanding.Health state) {
        metrics.gauge(name, help, webhooks, reading, "state", word(state));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static Outcome outcome(WebhookSender.Result result) {
        return switch (result) {
            case WebhookSender.Result.Answered(var status, var after)
            when status >= 200 && status < 300 -> Outcome.ACKNOWLEDGED;
            case WebhookSender.Result.Answered(var status, var after) ->
                status == 410 ? Outcome.GONE : Outcome.REJECTED;
            case WebhookSender.Result.Failed(var failure) -> Outcome.valueOf(failure.name());
        };
    }

    void delivered(Outcome outcome) {
        Objects.requireNonNull(deliveries.get(outcome)).increment();
    }

    void received(Received outcome) {
        Objects.requireNonNull(received.get(outcome)).increment();
    }

    void retried() {
        retries.increment();
    }

    void gap() {
        gaps.increment();
    }

    void died() {
        dead.increment();
    }

    void dropped(int count) {
        dropped.add(count);
    }
}
