package io.sluice.testkit;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A reader was not let in. */
public final class ReaderRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String code;
    private final Duration retryAfter;

    /** @param code the problem's code, such as {@code bad-cursor} */
    public ReaderRefused(String code) {
        this(code, Duration.ZERO);
    }

    /** @param retryAfter when it may come back; zero when it was not told */
    public ReaderRefused(String code, Duration retryAfter) {
        super(code);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** What application/problem+json said. */
    static ReaderRefused of(JsonNode problem) {
        return new ReaderRefused(
                problem.path("type").asString().replace("urn:sluice:problem:", ""),
                Duration.ofSeconds(problem.path("retry_after").asLong(0)));
    }

    public String code() {
        return code;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
