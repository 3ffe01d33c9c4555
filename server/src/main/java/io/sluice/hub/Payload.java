package io.sluice.hub;

/**
 * What a publication carries: bytes and how to read them. The array is never changed after construction.
 *
 * @param kind how {@code bytes} appear in JSON
 * @param bytes for {@link Kind#JSON} one JSON value in UTF-8, for {@link Kind#TEXT} UTF-8 text, else anything
 * @param contentType the media type as published
 */
public record Payload(Kind kind, byte[] bytes, String contentType) {
    /** How a payload appears in a publication's JSON form. */
    public enum Kind {
        /** {@code "data": <the value>} */
        JSON,
        /** {@code "data": "<the text>"} */
        TEXT,
        /** {@code "data_base64": "...", "content_type": "..."} */
        BINARY
    }

    /** {@code bytes} must be one valid JSON value in UTF-8. */
    public static Payload json(byte[] bytes) {
        return new Payload(Kind.JSON, bytes, "application/json");
    }
}
