package io.sluice.http;

import java.util.Locale;

/**
 * Every reason for which a connection is ended, or a stream reset, to protect the others: the closed list behind
 * {@code sluice_http_cuts_total} and the log.
 */
public enum Abuse {
    /** More connections than {@code edge.max_connections}, or than an address may have. */
    TOO_MANY_CONNECTIONS(false),
    /** An address whose connections were cut again and again: further ones are closed unread. */
    ABUSIVE_ADDRESS(false),
    /** A trusted proxy whose connection does not begin with a PROXY header, as it was configured to. */
    BAD_PROXY_HEADER(false),
    /** A request's head took longer than its time. */
    SLOW_HEAD(false),
    /** A request's body made no progress, or too little. */
    SLOW_BODY(false),
    /** The peer takes nothing of what was sent to it. */
    STALLED_READER(false),
    /** What came cannot be understood as HTTP without doubt. */
    MALFORMED(true),
    /** Requests came to nothing, by resets of the peer or by resets that it made us send, faster than is forgiven. */
    RAPID_RESET(true),
    /** Header blocks in too many or too large pieces. */
    CONTINUATION_FLOOD(true),
    /** SETTINGS, PING, PRIORITY, WINDOW_UPDATE or empty frames without end. */
    CONTROL_FLOOD(true),
    /** Header fields that inflate beyond their limit. */
    HEADER_BOMB(true),
    /** A WebSocket peer sends control frames without end. */
    WEBSOCKET_PING_FLOOD(true),
    /** A WebSocket message in too many fragments. */
    WEBSOCKET_FRAGMENT_FLOOD(true),
    /** A WebSocket message larger than allowed, as it came or inflated. */
    WEBSOCKET_TOO_LARGE(true);

    private final String code = name().toLowerCase(Locale.ROOT);
    private final boolean counts;

    Abuse(boolean counts) {
        this.counts = counts;
    }

    /** The name in metrics and logs. */
    public String code() {
        return code;
    }

    /** True for what no honest peer comes to by a bad network: it counts against the peer's address. */
    public boolean countsAgainstAddress() {
        return counts;
    }
}
