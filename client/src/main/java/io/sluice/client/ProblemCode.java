package io.sluice.client;

import java.util.Locale;

/**
 * Why something was refused or failed: the server's closed list of problems, then what the client itself can tell. A code of a
 * newer server is {@link #UNKNOWN}.
 */
public enum ProblemCode {
    /** The request is malformed. */
    BAD_REQUEST,
    /** The body is not the JSON that is expected. */
    BAD_JSON,
    /** The channel name is not valid. */
    BAD_CHANNEL,
    /** The cursor does not belong to the channel, or lies in its future. */
    BAD_CURSOR,
    /** Who is calling is not known. */
    UNAUTHENTICATED,
    /** The token has expired. */
    TOKEN_EXPIRED,
    /** No grant allows this. */
    FORBIDDEN,
    /** The origin is not allowed. */
    ORIGIN_REFUSED,
    /** There is nothing at this address. */
    NOT_FOUND,
    /** The resource does not know the method. */
    METHOD_NOT_ALLOWED,
    /** None of the accepted media types can be produced. */
    NOT_ACCEPTABLE,
    /** The request took too long to arrive. */
    REQUEST_TIMEOUT,
    /** The request conflicts with the current state. */
    CONFLICT,
    /** The position is no longer the newest. */
    PRECONDITION_FAILED,
    /** The message is larger than allowed. */
    TOO_LARGE,
    /** The request target is longer than allowed. */
    URI_TOO_LONG,
    /** The media type is not supported. */
    UNSUPPORTED_MEDIA,
    /** The expectation cannot be met. */
    EXPECTATION_FAILED,
    /** The idempotency key was used with another body. */
    IDEMPOTENCY_MISMATCH,
    /** The configuration that a server was to take has mistakes. */
    BAD_CONFIG,
    /** Too many requests. */
    RATE_LIMITED,
    /** Too many connections. */
    TOO_MANY_CONNECTIONS,
    /** The header fields are larger than allowed. */
    HEADERS_TOO_LARGE,
    /** The server failed. */
    INTERNAL,
    /** The server does not have this. */
    NOT_IMPLEMENTED,
    /** A gateway could not reach its upstream. */
    UPSTREAM_UNREACHABLE,
    /** A gateway's upstream answered with no valid HTTP. */
    UPSTREAM_BAD_RESPONSE,
    /** The server has no capacity at the moment. */
    OVERLOADED,
    /** The server's log cannot store at the moment. */
    STORAGE_UNAVAILABLE,
    /** No endpoint of the upstream is healthy. */
    NO_HEALTHY_ENDPOINT,
    /** The server is going away. */
    DRAINING,
    /** A gateway's upstream did not answer in time. */
    UPSTREAM_TIMEOUT,
    /** The deadline passed first. */
    DEADLINE_EXCEEDED,

    /** From the client: nothing answers at the address. */
    UNREACHABLE,
    /** From the client: the connection broke, or did not answer in time. */
    CONNECTION_LOST,
    /** From the client: the answer is not what the protocol promises. */
    BAD_ANSWER,
    /** From the client: the supplier of tokens failed. */
    TOKEN_UNAVAILABLE,
    /** From the client: the queue of unsent messages is full. */
    QUEUE_FULL,
    /** From the client: the folder in which unsent messages are kept cannot be written. */
    QUEUE_UNWRITABLE,
    /** From the client: closed by the application. */
    CLOSED,
    /** From the client: the calling thread was interrupted; it still is. */
    INTERRUPTED,
    /** A code, status or close code that this client does not know. */
    UNKNOWN;

    private final String code = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** As it is on the wire: {@code bad-cursor}. */
    public String code() {
        return code;
    }

    static ProblemCode of(String code) {
        for (var each : values()) {
            if (each.code.equals(code)) {
                return each;
            }
        }
        return UNKNOWN;
    }

    /** True for what time may heal: the same request may succeed later. */
    public boolean isPassing() {
        return switch (this) {
            case REQUEST_TIMEOUT,
                    RATE_LIMITED,
                    TOO_MANY_CONNECTIONS,
                    INTERNAL,
                    UPSTREAM_UNREACHABLE,
                    UPSTREAM_BAD_RESPONSE,
                    OVERLOADED,
                    STORAGE_UNAVAILABLE,
                    NO_HEALTHY_ENDPOINT,
                    DRAINING,
                    UPSTREAM_TIMEOUT,
                    DEADLINE_EXCEEDED,
                    UNREACHABLE,
                    CONNECTION_LOST,
                    BAD_ANSWER,
                    TOKEN_UNAVAILABLE -> true;
            default -> false;
        };
    }

    /** True where another token may help. */
    boolean asksForToken() {
        return this == UNAUTHENTICATED || this == TOKEN_EXPIRED;
    }
}
