package io.sluice.client;

/**
 * A user came to a channel, or left it. Comes over WebSocket and server-sent events only.
 *
 * @param joined true for a user's first session, false when the last one has been gone for the server's grace
 */
public record PresenceChange(String channel, String user, boolean joined) implements Event {
    static PresenceChange of(JsonObject json) {
        return new PresenceChange(
                json.text("channel"), json.text("user"), json.text("event").equals("join"));
    }
}
