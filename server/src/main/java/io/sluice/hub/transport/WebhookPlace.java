package io.sluice.hub.transport;

import io.sluice.net.Loop;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The place among {@link WebhookSlots} that one webhook holds while it sends. Confined to the webhook's loop. */
final class WebhookPlace {
    private final WebhookSlots slots;
    private final Loop loop;
    /** The host whose place it is, or null. */
    private @Nullable String host;

    WebhookPlace(WebhookSlots slots, Loop loop) {
        this.slots = slots;
        this.loop = loop;
    }

    /**
     * True when it holds a place now. Else {@code then} runs once it does, unless by then it holds another or is {@code wanted} no
     * longer.
     */
    boolean take(String name, BooleanSupplier wanted, Runnable then) {
        if (host == null && slots.take(name, () -> loop.execute(() -> granted(name, wanted, then)))) {
            host = name;
        }
        return host != null;
    }

    private void granted(String name, BooleanSupplier wanted, Runnable then) {
        if (host != null || !wanted.getAsBoolean()) {
            slots.give(name);
        } else {
            host = name;
            then.run();
        }
    }

    /** Gives back what it holds, if anything. */
    void give() {
        var held = host;
        if (held != null) {
            host = null;
            slots.give(held);
        }
    }
}
