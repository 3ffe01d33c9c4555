package io.sluice.hub.transport;

import io.sluice.config.WebhooksConfig;
import io.sluice.hub.Hub;
import io.sluice.net.Clock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What all webhooks have in common. Thread-safe.
 *
 * @param settings some of them may change while webhooks run
 * @param draining true once the server is going away: nothing new begins
 */
record WebhookShared(
        Hub hub,
        Supplier<WebhooksConfig> settings,
        WebhookStore store,
        WebhookCaller caller,
        WebhookSlots slots,
        WebhookMetrics metrics,
        Clock clock,
        BooleanSupplier draining,
        RandomGenerator random) {
    private static final int MOST_DOUBLINGS = 30;

    WebhooksConfig config() {
        return settings.get();
    }

    WebhookDeadLetters dead() {
        return new WebhookDeadLetters(this);
    }

    /**
     * The wait before the next try in milliseconds, drawn at random below a bound that doubles with each attempt (full jitter):
     * endpoints that failed together do not come back together.
     */
    long backoff(int attempts) {
        var config = config();
        long first = config.retryFirst().toMillis();
        long bound = Math.min(config.retryLongest().toMillis(), first << Math.min(attempts - 1, MOST_DOUBLINGS));
        synchronized (random) {
            return 1 + random.nextLong(Math.max(1, bound));
        }
    }
}
