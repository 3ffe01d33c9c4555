package io.sluice.hub.transport;

import io.sluice.hub.KeyedState.Change;
import io.sluice.net.Loop;
import io.sluice.net.TimerWheel;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one webhook stands, how that is stored, and how it does. What cannot be stored has not happened: it stands where it stood
 * until it can be. Changed on the webhook's loop, read by any thread.
 */
final class WebhookStanding {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookStanding.class);
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

    /** How it does, for people and metrics. */
    enum Health {
        LIVE,
        FAILING,
        PAUSED,
        GONE
    }

    private final String name;
    private final Loop loop;
    private final WebhookShared shared;
    private volatile WebhookState state;
    private volatile @Nullable String trouble;
    private volatile long pendingSinceMillis;
    private boolean isHeldUp;

    WebhookStanding(String name, WebhookState state, Loop loop, WebhookShared shared) {
        this.name = name;
        this.state = state;
        this.loop = loop;
        this.shared = shared;
    }

    // ---- any thread

    WebhookState state() {
        return state;
    }

    /** What keeps the webhook from reading its channels or from storing where it stands, or null. */
    @Nullable
    String trouble() {
        return trouble;
    }

    Health health() {
        var now = state;
        if (now.paused()) {
            return Health.PAUSED;
        }
        return now.gone() ? Health.GONE : now.failing() != null || trouble != null ? Health.FAILING : Health.LIVE;
    }

    /** How old the oldest publication is that the endpoint has not taken; 0 when there is none. */
    long lagMillis(long nowMillis) {
        long since = pendingSinceMillis;
        return since == 0 || state.paused() || state.gone() ? 0 : Math.max(0, nowMillis - since);
    }

    // ---- the webhook's loop

    /** Stores {@code next} with {@code changes} and stands there, or leaves everything as it was; {@code done} runs with which. */
    void tryTo(WebhookState next, List<Change> changes, Consumer<Boolean> done) {
        shared.store()
                .save(
                        name,
                        next,
                        changes,
                        stored -> loop.execute(() -> {
                            if (stored) {
                                state = next;
                            }
                            done.accept(stored);
                        }));
    }

    /**
     * Stores {@code next} with {@code changes}, each second again until that can be done; {@code there} runs then.
     *
     * @param heldUp runs when it could not be stored
     */
    void to(WebhookState next, List<Change> changes, Runnable there, Runnable heldUp) {
        tryTo(next, changes, stored -> {
            isHeldUp = !stored;
            if (stored) {
                trouble = null;
                there.run();
            } else {
                troubled("storage-unavailable: where it stands cannot be stored");
                tryAgain(() -> to(next, changes, there, heldUp));
                heldUp.run();
            }
        });
    }

    private void tryAgain(Runnable step) {
        loop.wheel()
                .schedule(new TimerWheel.Entry(now -> step.run()), loop.clock().nanos() + RETRY_NANOS);
    }

    /** True while what has happened could not be stored yet. */
    boolean isHeldUp() {
        return isHeldUp;
    }

    void troubled(String how) {
        if (trouble == null) {
            LOG.warn("webhook is held up and tries again: webhook={} trouble={}", name, how);
        }
        trouble = how;
    }

    void reads() {
        if (trouble != null) {
            LOG.info("webhook reads its channels again: webhook={}", name);
        }
        trouble = null;
    }

    /**
     * There is something that the endpoint has not taken.
     *
     * @param timeMillis when it was published, or 0 where that is not known
     */
    void pending(long timeMillis) {
        if (timeMillis != 0 || pendingSinceMillis == 0) {
            pendingSinceMillis = timeMillis != 0 ? timeMillis : shared.clock().millis();
        }
    }

    /** The endpoint has taken everything. */
    void caughtUp() {
        pendingSinceMillis = 0;
    }
}
