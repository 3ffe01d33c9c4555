package io.sluice.cli;

import io.sluice.client.Gap;
import io.sluice.client.Publication;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;

/**
 * Prints what a tail receives, one line each: {@code channel position event data}, or the JSON that came. Thread-safe: lines are
 * never mixed.
 */
final class TailPrinter {
    private final PrintStream out;
    private final boolean json;
    private final Ansi colours;
    private final CountDownLatch full = new CountDownLatch(1);
    private long left;

    TailPrinter(PrintStream out, boolean json, long count, Ansi colours) {
        this.out = out;
        this.json = json;
        this.left = count;
        this.colours = colours;
        if (count <= 0) {
            full.countDown();
        }
    }

    void message(Publication publication) {
        message(
                publication.channel(),
                publication.position(),
                publication.event(),
                publication.from().orElse(""),
                Json.read(publication.contentType().isPresent() ? quoted(publication) : publication.data()),
                publication.json());
    }

    /** One publication; {@code raw} is its JSON. */
    synchronized void message(
            String channel, String position, String event, String from, @Nullable JsonNode data, String raw) {
        if (isFull()) {
            return;
        }
        if (json) {
            out.println(raw);
        } else {
            out.println(painted(Ansi.Style.fg_cyan, channel) + " " + painted(Ansi.Style.faint, position) + " "
                    + painted(Ansi.Style.fg_yellow, event)
                    + (from.isEmpty() ? "" : " " + painted(Ansi.Style.fg_green, "<" + from + ">"))
                    + " " + (data != null && data.isString() ? safe(data.asString()) : String.valueOf(data)));
        }
        out.flush();
        left--;
        if (left <= 0) {
            full.countDown();
        }
    }

    void gap(Gap gap) {
        gap(gap.channel(), gap.from(), gap.to());
    }

    /** A range that is lost. */
    synchronized void gap(String channel, String from, String to) {
        if (isFull()) {
            return;
        }
        if (json) {
            var gap = Map.of("channel", channel, "from", from, "to", to);
            out.println(Json.MAPPER.writeValueAsString(Map.of("gap", gap)));
        } else {
            out.println(painted(Ansi.Style.fg_red, "-- gap in " + channel + ": " + from + " to " + to + " are lost"));
        }
        out.flush();
    }

    /** True when enough has come. */
    boolean isFull() {
        return full.getCount() == 0;
    }

    void awaitFull() throws InterruptedException {
        full.await();
    }

    /** Lets {@link #awaitFull} return; nothing is printed any more. */
    void stop() {
        full.countDown();
    }

    private static String quoted(Publication bytes) {
        return Json.MAPPER.writeValueAsString(java.util.Base64.getEncoder().encodeToString(bytes.bytes()));
    }

    private String painted(Ansi.Style style, String text) {
        return ColourOption.painted(colours, style, safe(text));
    }

    /** Without control characters, which could drive the user's terminal. */
    private static String safe(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
