package io.sluice.http;

import java.util.Locale;

/**
 * Every reason for which a connection is ended, or a stream reset, to protect the others: the closed list behind
 * {@code sluice_http_cuts_total} and the log.
 */
public enum Abuse {
    /** More connections than {@code edge.max_connections}. */
    TOO_MANY_CONNECTIONS,
    /** A request's head took longer than its time. */
    SLOW_HEAD,
    /** A request's body made no progress, or too little. */
    SLOW_BODY,
    /** The peer takes nothing of what was sent to it. */
    STALLED_READER,
    /** What came cannot be understood as HTTP without doubt. */
    MALFORMED,
    /** Requests came to nothing, by resets of the peer or by resets that it made us send, faster than is forgiven. */
    RAPID_RESET,
    /** Header blocks in too many or too large pieces. */
    CONTINUATION_FLOOD,
    /** SETTINGS, PING, PRIORITY, WINDOW_UPDATE or empty frames without end. */
    CONTROL_FLOOD,
    /** Header fields that inflate beyond their limit. */
    HEADER_BOMB,
    /** A WebSocket peer sends control frames without end. */
    WEBSOCKET_PING_FLOOD,
    /** A WebSocket message in too many fragments. */
    WEBSOCKET_FRAGMENT_FLOOD,
    /** A WebSocket message larger than allowed, as it came or inflated. */
    WEBSOCKET_TOO_LARGE;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** The name in metrics and logs. */
    public String code() {
        return code;
    }
}
