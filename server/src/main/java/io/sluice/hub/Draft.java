package io.sluice.hub;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A publication that has no position yet.
 *
 * @param event the event name, {@code message} by default: 1 to 64 characters without control characters
 * @param from the authenticated publisher, or null for an anonymous one
 * @param headers at most 16
 * @param idempotencyKey 1 to 255 characters, or null; a key that was used before gives the first position back
 * @param ifNewest append only when this is still the newest position, or null
 */
public record Draft(
        String event,
        @Nullable String from,
        Map<String, String> headers,
        Payload payload,
        @Nullable String idempotencyKey,
        @Nullable Position ifNewest) {
    public static final String DEFAULT_EVENT = "message";

    public Draft {
        headers = Map.copyOf(headers);
    }

    public static Draft of(Payload payload) {
        return new Draft(DEFAULT_EVENT, null, Map.of(), payload, null, null);
    }

    public Draft withKey(String key) {
        return new Draft(event, from, headers, payload, key, ifNewest);
    }

    public Draft ifNewest(Position position) {
        return new Draft(event, from, headers, payload, idempotencyKey, position);
    }
}
