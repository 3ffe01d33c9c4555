package io.sluice.hub.log;

import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.Appended;
import io.sluice.hub.Position;
import java.time.Duration;

/** The answers of engines that append nothing. */
final class Refusals {
    private static final Duration STORAGE_WAIT = Duration.ofSeconds(2);

    private Refusals() {}

    static Appended because(ClientError error, String detail) {
        return new Appended.Refused(Problem.of(error, detail));
    }

    static Appended otherBody() {
        return because(ClientError.IDEMPOTENCY_MISMATCH, "the key was used for another publication");
    }

    static Appended notNewest(Position newest) {
        var problem = Problem.of(ClientError.PRECONDITION_FAILED, "the newest position is " + newest);
        return new Appended.Refused(problem.with("newest", newest.toString()));
    }

    /** What a failed store makes of every request. */
    static Problem storage(String why) {
        return Problem.of(ClientError.STORAGE_UNAVAILABLE, why).retryAfter(STORAGE_WAIT);
    }
}
