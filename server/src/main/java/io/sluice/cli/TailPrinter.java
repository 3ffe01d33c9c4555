package io.sluice.cli;

import java.io.PrintStream;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Prints what a tail receives, one line each: {@code channel position event data}, or the JSON that came. */
final class TailPrinter implements Tail.Sink {
    private final PrintStream out;
    private final boolean json;
    private long left;

    TailPrinter(PrintStream out, boolean json, long count) {
        this.out = out;
        this.json = json;
        this.left = count;
    }

    @Override
    public void message(JsonNode publication, String raw) {
        if (isFull()) {
            return;
        }
        left--;
        if (json) {
            out.println(raw);
        } else {
            var from = publication.path("from").asString("");
            var data = publication.has("data") ? publication.get("data") : publication.path("data_base64");
            out.println(safe(publication.path("channel").asString("")) + " "
                    + safe(publication.path("position").asString("")) + " "
                    + safe(publication.path("event").asString("message"))
                    + (from.isEmpty() ? "" : " <" + safe(from) + ">")
                    + " " + (data.isString() ? safe(data.asString()) : data));
        }
        out.flush();
    }

    @Override
    public void gap(String channel, String from, String to) {
        if (json) {
            var gap = Map.of("channel", channel, "from", from, "to", to);
            out.println(Json.MAPPER.writeValueAsString(Map.of("gap", gap)));
        } else {
            out.println("-- gap in " + safe(channel) + ": " + safe(from) + " to " + safe(to) + " are lost");
        }
        out.flush();
    }

    @Override
    public boolean isFull() {
        return left <= 0;
    }

    /** Without control characters, which could drive the user's terminal. */
    private static String safe(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
