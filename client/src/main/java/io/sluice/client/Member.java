package io.sluice.client;

import java.time.Instant;

/**
 * A user who is in a channel now.
 *
 * @param sessions how many connections the user has
 * @param since when the first of them came
 */
public record Member(String user, int sessions, Instant since) {
    static Member of(JsonObject json) {
        return new Member(json.text("id"), (int) json.integer("sessions", 1), Instant.parse(json.text("since")));
    }
}
