package io.sluice.hub;

import io.sluice.http.Problem;
import java.time.Instant;

/** What became of an append. */
public sealed interface Appended {
    /** The publication is in the log, as durable as its namespace promises, and readers see it. */
    record Stored(Position position, Instant time) implements Appended {}

    /** The idempotency key was used before with the same draft: the first answer. Nothing was appended. */
    record Replayed(Position position, Instant time) implements Appended {}

    /** Nothing was appended. */
    record Refused(Problem problem) implements Appended {}
}
