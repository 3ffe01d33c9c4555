package io.sluice.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Follows over Server-Sent Events (WHATWG HTML section 9.2). */
final class SseTail implements Tail {
    private final TailPlace place;
    private @Nullable String lastEventId;

    SseTail(TailPlace place) {
        this.place = place;
    }

    @Override
    public void follow(Sink sink, Runnable healthy) throws Broken, InterruptedException {
        var after = place.after() == null ? "" : "&after=" + HubOptions.encoded(place.after());
        var request = place.request("/v1/events?" + place.query() + after).header("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        try {
            var response = place.client().send(request.GET().build(), BodyHandlers.ofLines());
            try (var lines = response.body()) {
                if (response.statusCode() != 200) {
                    throw Broken.refused(
                            response.statusCode(),
                            lines.collect(Collectors.joining("\n")),
                            response.headers().firstValue("retry-after").orElse(null));
                }
                healthy.run();
                var event = new Event();
                for (var line = lines.iterator(); !sink.isFull() && line.hasNext(); ) {
                    event = take(line.next(), event, sink);
                }
            }
        } catch (IOException failure) {
            throw place.unreachable(failure);
        } catch (UncheckedIOException failure) {
            throw Broken.passing("the stream broke off: " + failure.getMessage());
        }
        if (!sink.isFull()) {
            throw Broken.passing("the stream ended");
        }
    }

    /** Takes one line; an empty one completes the event. */
    private Event take(String line, Event event, Sink sink) {
        if (line.isEmpty()) {
            complete(event, sink);
            return new Event();
        }
        int colon = line.indexOf(':');
        var field = colon < 0 ? line : line.substring(0, colon);
        var value = colon < 0 ? "" : line.substring(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
        switch (field) {
            case "id" -> event.id = value;
            case "event" -> event.name = value;
            case "data" -> event.data.append(event.data.isEmpty() ? "" : "\n").append(value);
            default -> {} // comments and retry: this client has waits of its own
        }
        return event;
    }

    private void complete(Event event, Sink sink) {
        if (event.id != null) {
            lastEventId = event.id;
        }
        var data = event.data.isEmpty() ? null : Json.read(event.data.toString());
        if (data == null) {
            return;
        }
        if (event.name.equals("gap") && data.has("to") && !data.has("position")) {
            sink.gap(
                    data.path("channel").asString(place.channels().getFirst()),
                    data.path("from").asString(""),
                    data.path("to").asString(""));
        } else if (data.has("position")) {
            sink.message(data, event.data.toString());
        }
    }

    private static final class Event {
        private @Nullable String id;
        private String name = "message";
        private final StringBuilder data = new StringBuilder();
    }
}
