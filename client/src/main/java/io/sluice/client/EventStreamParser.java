package io.sluice.client;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes blocks of the bytes of an event stream (WHATWG HTML section 9.2.6). A block may be an id, or a time, and no data. */
final class EventStreamParser {
    /**
     * What stands between two empty lines.
     *
     * @param id null where there is none
     * @param data null where there is none, which fires no event
     * @param retryMillis negative where nothing is said
     */
    record Block(
            @Nullable String id, String event, @Nullable String data, long retryMillis) {}

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean afterReturn;
    private boolean atStart = true;
    private @Nullable String id;
    private String event = "";
    private @Nullable StringBuilder data;
    private long retryMillis = -1;

    /** Takes bytes; {@code blocks} gets what they complete. */
    void take(ByteBuffer bytes, Consumer<Block> blocks) {
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            if (b == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = b == '\r';
            if (b == '\n' || b == '\r') {
                complete(line.toString(StandardCharsets.UTF_8), blocks);
                line.reset();
            } else if (line.size() >= Endpoint.MAX_ANSWER_BYTES) {
                throw new MalformedJson("a line of the event stream has no end");
            } else {
                line.write(b);
            }
        }
    }

    private void complete(String withMark, Consumer<Block> blocks) {
        var text = atStart && withMark.startsWith("\uFEFF") ? withMark.substring(1) : withMark;
        atStart = false;
        if (text.isEmpty()) {
            if (id != null || data != null || retryMillis >= 0) {
                blocks.accept(new Block(
                        id, event.isEmpty() ? "message" : event, data == null ? null : data.toString(), retryMillis));
            }
            id = null;
            event = "";
            data = null;
            retryMillis = -1;
            return;
        }
        int colon = text.indexOf(':');
        var field = colon < 0 ? text : text.substring(0, colon);
        var value = colon < 0 ? "" : text.substring(text.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
        switch (field) {
            case "id" -> id = value;
            case "event" -> event = value;
            case "data" ->
                data = data == null
                        ? new StringBuilder(value)
                        : data.append('\n').append(value);
            case "retry" -> retryMillis = value.matches("\\d{1,9}") ? Long.parseLong(value) : -1;
            default -> {} // comments, and what is not known
        }
        if (data != null && data.length() > Endpoint.MAX_ANSWER_BYTES) {
            throw new MalformedJson("an event of the stream has no end");
        }
    }
}
