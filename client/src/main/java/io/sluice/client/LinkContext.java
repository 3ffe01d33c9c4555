package io.sluice.client;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * What a link works with.
 *
 * @param inbox of this link alone; woken when subscriptions change
 * @param live run when what is subscribed to arrives
 * @param leave true when another transport should be tried
 */
record LinkContext(
        Endpoint endpoint,
        Subscriptions subscriptions,
        ClientOptions options,
        LinkInbox inbox,
        Runnable live,
        BooleanSupplier leave) {
    /** How often a link that has nothing to do looks whether it should leave. */
    static final Duration LOOK = Duration.ofSeconds(5);

    boolean shouldLeave() {
        return subscriptions.all().isEmpty() || leave.getAsBoolean();
    }
}
