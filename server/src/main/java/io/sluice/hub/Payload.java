package io.sluice.hub;

import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.http.Utf8;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a publication carries: bytes and how to read them. The array is never changed after construction.
 *
 * @param kind how {@code bytes} appear in JSON
 * @param bytes for {@link Kind#JSON} one JSON value in UTF-8 without line breaks, for {@link Kind#TEXT} UTF-8 text, else anything
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

    private static final int MAX_CONTENT_TYPE = 255;

    /** {@code bytes} must be one valid JSON value in UTF-8. */
    public static Payload json(byte[] bytes) {
        return new Payload(Kind.JSON, bytes, "application/json");
    }

    /**
     * The payload that a body of this media type is: JSON for {@code application/json} and {@code +json} and where nothing
     * is said, text for {@code text/*}, else bytes. {@code application/x-www-form-urlencoded}, which curl says unasked, is
     * JSON if it can be read as such and else text. Refused when the bytes are not what the type says.
     *
     * @param body handed over
     */
    public static Outcome<Payload> of(@Nullable String contentType, byte[] body) {
        var type = contentType == null || contentType.isBlank() ? "application/json" : contentType.trim();
        int parameters = type.indexOf(';');
        var media =
                (parameters < 0 ? type : type.substring(0, parameters)).trim().toLowerCase(Locale.ROOT);
        if (media.equals("application/json") || media.endsWith("+json")) {
            return ofJson(body);
        }
        if (media.equals("application/x-www-form-urlencoded") && ofJson(body) instanceof Outcome.Done<Payload> json) {
            return json;
        }
        if (media.startsWith("text/") || media.equals("application/x-www-form-urlencoded")) {
            return Utf8.isValid(body)
                    ? new Outcome.Done<>(new Payload(Kind.TEXT, body, type))
                    : new Outcome.Refused<>(Problem.of(ClientError.BAD_REQUEST, "the text is not UTF-8"));
        }
        if (type.length() > MAX_CONTENT_TYPE || media.indexOf('/') < 1) {
            return new Outcome.Refused<>(Problem.of(
                    ClientError.UNSUPPORTED_MEDIA, "content-type must be a media type of at most 255 characters"));
        }
        return new Outcome.Done<>(new Payload(Kind.BINARY, body, type));
    }

    /** The payload of one JSON value; refused when it is none. */
    public static Outcome<Payload> ofJson(byte[] body) {
        var problem = Json.check(body);
        if (problem != null) {
            return new Outcome.Refused<>(problem);
        }
        return new Outcome.Done<>(json(Json.onOneLine(body)));
    }
}
