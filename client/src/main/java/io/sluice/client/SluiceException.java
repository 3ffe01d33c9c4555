package io.sluice.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something was refused by the server, or could not reach it. The message says what was wrong, for people. */
public final class SluiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final @Nullable Duration retryAfter;
    private final @Nullable String field;

    SluiceException(
            ProblemCode code,
            String detail,
            @Nullable Duration retryAfter,
            @Nullable String field,
            @Nullable Throwable cause) {
        super(code.code() + ": " + detail, cause);
        this.code = code;
        this.retryAfter = retryAfter;
        this.field = field;
    }

    SluiceException(ProblemCode code, String detail) {
        this(code, detail, null, null, null);
    }

    SluiceException(ProblemCode code, String detail, @Nullable Throwable cause) {
        this(code, detail, null, null, cause);
    }

    /** Why; what a program should look at. */
    public ProblemCode code() {
        return code;
    }

    /** When the server wants to be asked again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Which part of the request is wrong. */
    public Optional<String> field() {
        return Optional.ofNullable(field);
    }
}
