package io.sluice.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An ephemeral message ("is typing"): not stored, not replayed. Comes over WebSocket and server-sent events only. */
public final class Signal implements Event {
    private final String channel;
    private final String event;
    private final @Nullable String from;
    private final String data;

    private Signal(String channel, String event, @Nullable String from, String data) {
        this.channel = channel;
        this.event = event;
        this.from = from;
        this.data = data;
    }

    static Signal of(JsonObject json) {
        var data = json.raw("data");
        return new Signal(
                json.text("channel"),
                json.text("event"),
                json.has("from") ? json.text("from") : null,
                data == null ? "null" : data);
    }

    @Override
    public String channel() {
        return channel;
    }

    /** What kind of signal it is, such as {@code typing}. */
    public String event() {
        return event;
    }

    /** The id of the user who sent it; empty for an anonymous one. */
    public Optional<String> from() {
        return Optional.ofNullable(from);
    }

    /** The JSON value that was sent, as text. */
    public String data() {
        return data;
    }

    @Override
    public String toString() {
        return "Signal[" + channel + " " + event + "]";
    }
}
