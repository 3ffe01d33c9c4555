package io.sluice.http;

/**
 * Every way in which a request can be refused: the closed list behind {@code urn:sluice:problem:<code>}, WebSocket error
 * replies and refusal counters. The reference page of errors is generated from it.
 */
public enum ClientError {
    BAD_REQUEST(400, "The request is malformed"),
    BAD_JSON(400, "The body is not the JSON that is expected here"),
    BAD_CHANNEL(400, "The channel name is not valid"),
    BAD_CURSOR(400, "The cursor does not belong to this channel or lies in its future"),
    UNAUTHENTICATED(401, "Who is calling is not known"),
    TOKEN_EXPIRED(401, "The token has expired"),
    FORBIDDEN(403, "No grant allows this"),
    ORIGIN_REFUSED(403, "This origin is not allowed"),
    NOT_FOUND(404, "There is nothing here"),
    METHOD_NOT_ALLOWED(405, "This resource does not know the method"),
    NOT_ACCEPTABLE(406, "None of the accepted media types can be produced"),
    REQUEST_TIMEOUT(408, "The request took too long to arrive"),
    CONFLICT(409, "The request conflicts with the current state"),
    PRECONDITION_FAILED(412, "The position is no longer the newest"),
    TOO_LARGE(413, "The body is larger than allowed"),
    URI_TOO_LONG(414, "The request target is longer than allowed"),
    UNSUPPORTED_MEDIA(415, "The media type is not supported here"),
    EXPECTATION_FAILED(417, "The expectation cannot be met"),
    BAD_CONFIG(422, "The configuration has mistakes"),
    IDEMPOTENCY_MISMATCH(422, "The idempotency key was used with another body"),
    RATE_LIMITED(429, "Too many requests"),
    TOO_MANY_CONNECTIONS(429, "Too many connections"),
    HEADERS_TOO_LARGE(431, "The header fields are larger than allowed"),
    INTERNAL(500, "Sluice failed to handle this"),
    NOT_IMPLEMENTED(501, "This is not implemented"),
    UPSTREAM_UNREACHABLE(502, "The upstream could not be reached"),
    UPSTREAM_BAD_RESPONSE(502, "The upstream's response was not valid HTTP"),
    OVERLOADED(503, "No capacity at the moment"),
    STORAGE_UNAVAILABLE(503, "The log cannot store publications at the moment"),
    NO_HEALTHY_ENDPOINT(503, "No endpoint of the upstream is healthy"),
    DRAINING(503, "This server is going away"),
    UPSTREAM_TIMEOUT(504, "The upstream did not answer in time"),
    DEADLINE_EXCEEDED(504, "The deadline passed first");

    private final int status;
    private final String title;
    private final String code;

    ClientError(int status, String title) {
        this.status = status;
        this.title = title;
        this.code = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** One sentence for people, always the same for this code. */
    public String title() {
        return title;
    }

    /** The stable, lower-case, dashed name: {@code bad-cursor}. */
    public String code() {
        return code;
    }

    /** True for 429 and 503, which always say when to come back. */
    public boolean mayRetry() {
        return status == 429 || status == 503;
    }
}
