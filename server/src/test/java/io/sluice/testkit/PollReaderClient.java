package io.sluice.testkit;

import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Asks again and again: short polls, or long ones. */
final class PollReaderClient implements TestClient {
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final ApiClient http;
    private final String query;
    private final boolean several;
    private final int waitSeconds;
    private final String startCursor;
    private final Deque<Received> ahead = new ArrayDeque<>();
    private String cursor;

    PollReaderClient(ServerAddress server, int waitSeconds, String after, String... channels) {
        this.http = new ApiClient(server);
        this.waitSeconds = waitSeconds;
        this.several = channels.length > 1;
        this.query = several
                ? "/v1/messages?channel=" + String.join("&channel=", channels) + "&"
                : "/v1/channels/" + channels[0] + "/messages?";
        this.cursor = after;
        ask(0);
        startCursor = ahead.isEmpty() ? cursor : after;
    }

    @Override
    public Received next() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (ahead.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("nothing came after " + cursor);
            }
            ask(waitSeconds);
        }
        return ahead.remove();
    }

    @Override
    public String startCursor() {
        return startCursor;
    }

    @Override
    public void close() {
        // Nothing is held between two polls.
    }

    private void ask(int wait) {
        var path = query + "after=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
        var answer = asked(path, wait);
        switch (answer.status()) {
            case 204 -> cursor = answer.header("sluice-position");
            case 200 -> take(answer.json());
            default -> throw ReaderRefused.of(answer.json());
        }
    }

    private ApiClient.Answer asked(String path, int wait) {
        try {
            return wait > 0 ? http.get(path, "Prefer", "wait=" + wait) : http.get(path);
        } catch (UncheckedIOException nobodyThere) {
            throw new ReaderEnded("", "no answer: " + nobodyThere.getMessage());
        }
    }

    /** Of a page over several channels only the last has a cursor. */
    private void take(JsonNode page) {
        cursor = page.path("position").asString();
        var gaps = new ArrayList<JsonNode>(page.path("gaps").values());
        if (page.has("gap")) {
            gaps.add(page.path("gap"));
        }
        int left = gaps.size() + page.path("messages").size();
        for (var gap : gaps) {
            var to = gap.path("to").asString();
            ahead.add(new Received.Missing(
                    gap.path("channel").asString(), gap.path("from").asString(), to, after(--left == 0, to)));
        }
        for (var message : page.path("messages")) {
            var position = message.path("position").asString();
            ahead.add(new Received.Message(
                    message.path("channel").asString(),
                    position,
                    message.path("data").toString(),
                    after(--left == 0, position)));
        }
    }

    private @Nullable String after(boolean last, String position) {
        return last ? cursor : several ? null : position;
    }
}
