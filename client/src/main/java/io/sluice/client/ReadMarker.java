package io.sluice.client;

import java.util.Optional;

/**
 * How far a user has read in a channel.
 *
 * @param position the marker; empty for a user who never moved it
 * @param unread how many publications stand after it
 */
public record ReadMarker(Optional<String> position, long unread) {
    static ReadMarker of(JsonObject json) {
        return new ReadMarker(
                json.has("position") ? Optional.of(json.text("position")) : Optional.empty(),
                json.integer("unread", 0));
    }
}
