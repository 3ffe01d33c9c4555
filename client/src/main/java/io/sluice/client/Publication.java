package io.sluice.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** One stored message of a channel. Its parts are read when they are asked for. Immutable. */
public final class Publication implements Event {
    private final JsonObject json;
    private final String text;
    private final String channel;
    private final String position;

    private Publication(JsonObject json, String text) {
        this.json = json;
        this.text = text;
        this.channel = json.text("channel");
        this.position = json.text("position");
    }

    static Publication of(String text) {
        return of(JsonObject.parse(text), text);
    }

    static Publication of(JsonObject json, String text) {
        return new Publication(json, text);
    }

    @Override
    public String channel() {
        return channel;
    }

    /** Where it stands, and the cursor after it: {@code epoch.offset}. Opaque; valid on every transport. */
    public String position() {
        return position;
    }

    /** When it was stored; the epoch's start should the server have said nothing readable. */
    public Instant time() {
        try {
            return Instant.parse(json.text("time", ""));
        } catch (DateTimeParseException unreadable) {
            return Instant.EPOCH;
        }
    }

    /** What kind of message it is; {@code message} unless the publisher said otherwise. */
    public String event() {
        return json.text("event", "message");
    }

    /** The id of the user who published it; empty for an anonymous one. */
    public Optional<String> from() {
        return json.has("from") ? Optional.of(json.text("from")) : Optional.empty();
    }

    /** What the publisher gave beside the data; at most 16. */
    public Map<String, String> headers() {
        return json.object("headers").texts();
    }

    /**
     * The data as JSON text: the value that was published; published text is a JSON string. Published bytes give {@code null}
     * (the JSON word): ask {@link #bytes()}.
     */
    public String data() {
        var data = json.raw("data");
        return data == null ? "null" : data;
    }

    /** The published text, without quotes and escapes; empty where the data is no JSON string. */
    public Optional<String> text() {
        var data = json.raw("data");
        return data != null && data.startsWith("\"") ? Optional.of(json.text("data")) : Optional.empty();
    }

    /** The published bytes; where JSON or text was published, that in UTF-8. A new array each time. */
    public byte[] bytes() {
        return json.has("data_base64")
                ? Base64.getDecoder().decode(json.text("data_base64"))
                : text().orElseGet(this::data).getBytes(StandardCharsets.UTF_8);
    }

    /** The media type of published bytes; empty for JSON and text. */
    public Optional<String> contentType() {
        return json.has("content_type") ? Optional.of(json.text("content_type")) : Optional.empty();
    }

    /** The whole publication as it came, one JSON object, with members that this client does not know. */
    public String json() {
        return text;
    }

    int length() {
        return text.length();
    }

    @Override
    public String toString() {
        return "Publication[" + channel + " " + position + "]";
    }
}
