package io.sluice.hub.transport;

import io.sluice.hub.Disconnect;

/**
 * Why a connection of {@code graphql-transport-ws} ends: the codes of that protocol where it has one, which clients know how
 * to take, else those of Sluice's own WebSocket interface.
 */
enum GraphQlClose {
    BAD_MESSAGE(4400, "bad message", Disconnect.BAD_MESSAGE),
    /** Something was asked before {@code connection_ack}, or the token no longer counts. */
    UNAUTHORIZED(4401, "Unauthorized", Disconnect.UNAUTHENTICATED),
    /** The token of {@code connection_init} does not count. */
    FORBIDDEN(4403, "Forbidden", Disconnect.FORBIDDEN),
    /** No {@code connection_init} within 5 s, or no sign of life. */
    TIMEOUT(4408, "timeout", Disconnect.TIMEOUT),
    SUBSCRIBER_EXISTS(4409, "Subscriber already exists", Disconnect.BAD_MESSAGE),
    TOO_MANY_INITIALISATIONS(4429, "Too many initialisation requests", Disconnect.BAD_MESSAGE),
    INTERNAL(4500, "Internal server error", Disconnect.INTERNAL),
    DRAINING(4503, "draining", Disconnect.DRAINING),
    TOO_LARGE(1009, "message too large", Disconnect.TOO_LARGE),
    UNSUPPORTED_DATA(1003, "unsupported data", Disconnect.UNSUPPORTED_DATA),
    /** RFC 6455's registry calls it Try Again Later; 4429 means something else here. */
    TRY_AGAIN_LATER(1013, "rate limited or too slow", Disconnect.RATE_LIMITED);

    private final int code;
    private final String reason;
    private final Disconnect counted;

    GraphQlClose(int code, String reason, Disconnect counted) {
        this.code = code;
        this.reason = reason;
        this.counted = counted;
    }

    /** The WebSocket close code. */
    int code() {
        return code;
    }

    /** The close reason, at most 123 bytes. */
    String reason() {
        return reason;
    }

    /** What it counts as among all reasons. */
    Disconnect counted() {
        return counted;
    }

    /** What the hub's reason is called here. */
    static GraphQlClose of(Disconnect why) {
        return switch (why) {
            case UNAUTHENTICATED -> UNAUTHORIZED;
            case FORBIDDEN, REPLACED -> FORBIDDEN;
            case TIMEOUT -> TIMEOUT;
            case TOO_SLOW, RATE_LIMITED -> TRY_AGAIN_LATER;
            case DRAINING, GOING_AWAY, NORMAL -> DRAINING;
            case TOO_LARGE, FRAME_TOO_LARGE -> TOO_LARGE;
            case UNSUPPORTED_DATA -> UNSUPPORTED_DATA;
            case BAD_MESSAGE, PROTOCOL_ERROR, INVALID_TEXT -> BAD_MESSAGE;
            case INTERNAL -> INTERNAL;
        };
    }
}
