package io.sluice.hub;

/**
 * Every reason for which Sluice ends a session: the closed list of WebSocket close codes 4400 to 4503 (RFC 6455 section
 * 7.4.2) and their standard siblings. The reference page of errors is generated from it.
 */
public enum Disconnect {
    NORMAL(1000, "bye", true),
    GOING_AWAY(1001, "server is stopping", true),
    PROTOCOL_ERROR(1002, "protocol error", false),
    UNSUPPORTED_DATA(1003, "unsupported data", false),
    INVALID_TEXT(1007, "text is not UTF-8", false),
    FRAME_TOO_LARGE(1009, "message too large", false),
    INTERNAL(1011, "internal error", true),
    BAD_MESSAGE(4400, "bad message", false),
    UNAUTHENTICATED(4401, "unauthenticated or expired", false),
    FORBIDDEN(4403, "forbidden", false),
    TIMEOUT(4408, "timeout", true),
    REPLACED(4409, "replaced", false),
    TOO_LARGE(4413, "too large", false),
    TOO_SLOW(4429, "too far behind", true),
    RATE_LIMITED(4429, "rate limited", true),
    DRAINING(4503, "draining", true);

    private final int code;
    private final String reason;
    private final boolean reconnect;

    Disconnect(int code, String reason, boolean reconnect) {
        this.code = code;
        this.reason = reason;
        this.reconnect = reconnect;
    }

    /** The WebSocket close code. */
    public int code() {
        return code;
    }

    /** The close reason, at most 123 bytes. */
    public String reason() {
        return reason;
    }

    /** Whether the client should come back by itself, with its cursors. */
    public boolean reconnect() {
        return reconnect;
    }
}
