package io.sluice.cli;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Follows by asking: at once and every second, or with a wait of 25 s at the server. */
final class PollTail implements Tail {
    private static final long PAUSE_MILLIS = 1_000;
    private static final int WAIT_SECONDS = 25;

    private final TailPlace place;
    private final boolean waiting;
    private String cursor;

    PollTail(TailPlace place, boolean waiting) {
        this.place = place;
        this.waiting = waiting;
        this.cursor = place.after() == null ? "latest" : place.after();
    }

    @Override
    public void follow(Sink sink, Runnable healthy) throws Broken, InterruptedException {
        while (!sink.isFull()) {
            int received = ask(sink);
            healthy.run();
            if (!waiting && received == 0) {
                new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Asks once; returns how many messages came. */
    private int ask(Sink sink) throws Broken, InterruptedException {
        var path = place.channels().size() == 1
                ? "/v1/channels/" + HubOptions.encoded(place.channels().getFirst()) + "/messages?"
                : "/v1/messages?" + place.query() + "&";
        var request = place.request(
                        path + "after=" + HubOptions.encoded(cursor) + (waiting ? "&wait=" + WAIT_SECONDS : ""))
                .timeout(Duration.ofSeconds(waiting ? WAIT_SECONDS + 15 : 15));
        try {
            var response = place.client().send(request.GET().build(), BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return read(response.body(), sink);
            }
            if (response.statusCode() == 204) {
                cursor = response.headers().firstValue("sluice-position").orElse(cursor);
                return 0;
            }
            throw Broken.refused(
                    response.statusCode(),
                    response.body(),
                    response.headers().firstValue("retry-after").orElse(null));
        } catch (IOException failure) {
            throw place.unreachable(failure);
        }
    }

    private int read(String body, Sink sink) throws Broken {
        var page = Json.read(body);
        if (page == null) {
            throw Broken.forever("the server's answer is not JSON");
        }
        gap(page.path("gap"), sink);
        page.path("gaps").forEach(gap -> gap(gap, sink));
        var messages = page.path("messages");
        messages.forEach(message -> sink.message(message, message.toString()));
        cursor = page.path("position").asString(cursor);
        return messages.size();
    }

    private void gap(JsonNode gap, Sink sink) {
        if (gap.isObject()) {
            sink.gap(
                    gap.path("channel").asString(place.channels().getFirst()),
                    gap.path("from").asString(""),
                    gap.path("to").asString(""));
        }
    }
}
