package io.sluice.client;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message to be published. It has an idempotency key from the start, so that it may be sent as often as it takes and is
 * stored once. Immutable; the {@code with} methods give a changed copy.
 */
public final class Draft {
    private static final int MAX_HEADERS = 16;

    private final byte[] body;
    private final String contentType;
    private final String event;
    private final String idempotencyKey;
    private final Map<String, String> headers;
    private final @Nullable String ifNewest;

    private Draft(
            byte[] body,
            String contentType,
            String event,
            String idempotencyKey,
            Map<String, String> headers,
            @Nullable String ifNewest) {
        this.body = body;
        this.contentType = contentType;
        this.event = event;
        this.idempotencyKey = idempotencyKey;
        this.headers = headers;
        this.ifNewest = ifNewest;
    }

    /** A JSON value, as text. The server refuses what is not JSON with {@link ProblemCode#BAD_JSON}. */
    public static Draft json(String value) {
        return of(value.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    /** Text; readers get it as a JSON string. */
    public static Draft text(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8), "text/plain; charset=utf-8");
    }

    /** Bytes of any media type, which are copied; readers get them by {@link Publication#bytes()}. */
    public static Draft bytes(byte[] bytes, String contentType) {
        return of(bytes.clone(), visible("contentType", contentType));
    }

    private static Draft of(byte[] body, String contentType) {
        return new Draft(body, contentType, "message", UUID.randomUUID().toString(), Map.of(), null);
    }

    /** What kind of message it is: 1 to 64 visible ASCII characters and blanks, instead of {@code message}. */
    public Draft withEvent(String name) {
        return new Draft(body, contentType, visible("event", name), idempotencyKey, headers, ifNewest);
    }

    /** A key of the application's own, such as {@code invoice-118}: visible ASCII, the server says how long. */
    public Draft withIdempotencyKey(String key) {
        return new Draft(body, contentType, event, visible("idempotencyKey", key), headers, ifNewest);
    }

    /** One more header of the publication, at most 16: the name a token of RFC 9110, the value visible ASCII. */
    public Draft withHeader(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(visible("header", name), visible("header " + name, value));
        if (more.size() > MAX_HEADERS) {
            throw new IllegalArgumentException("a publication has at most " + MAX_HEADERS + " headers");
        }
        return new Draft(body, contentType, event, idempotencyKey, Map.copyOf(more), ifNewest);
    }

    /** Publish only if this is still the channel's newest position; else {@link ProblemCode#PRECONDITION_FAILED}. */
    public Draft ifNewest(String position) {
        return new Draft(body, contentType, event, idempotencyKey, headers, visible("position", position));
    }

    /** The key under which the server stores it once. */
    public String idempotencyKey() {
        return idempotencyKey;
    }

    String event() {
        return event;
    }

    String contentType() {
        return contentType;
    }

    Map<String, String> headers() {
        return headers;
    }

    Optional<String> newest() {
        return Optional.ofNullable(ifNewest);
    }

    /** Not a copy: to be sent, not to be changed. */
    byte[] body() {
        return body;
    }

    @Override
    public String toString() {
        return "Draft[" + idempotencyKey + ", " + body.length + " bytes of " + contentType + "]";
    }

    /** These travel in header fields (RFC 9110 section 5.5), which hold no other characters. */
    private static String visible(String field, String value) {
        if (value.isEmpty() || !value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException(field + " must be visible ASCII, and not empty");
        }
        return value;
    }
}
