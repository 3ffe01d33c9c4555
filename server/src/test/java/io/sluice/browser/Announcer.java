package io.sluice.browser;

import io.sluice.testkit.ApiClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Publishes {@code line 1}, {@code line 2} ... to a channel, one after the other at a steady pace, and never gives up on one: a publish whose
 * answer is lost is repeated with the same idempotency key.
 */
final class Announcer implements AutoCloseable {
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final URI target;
    private volatile int published;

    /** Begins at once. */
    Announcer(URI edge, String channel, Duration every) {
        this.target = edge.resolve("/v1/channels/" + channel + "/messages");
        pace.scheduleWithFixedDelay(this::publishNext, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends after the publish that is under way; gives what every reader must see, in this order. */
    List<String> finish() {
        pace.shutdown();
        try {
            if (!pace.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the last publish does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return IntStream.rangeClosed(1, published).mapToObj(n -> "line " + n).toList();
    }

    private void publishNext() {
        int next = published + 1;
        var request = ApiClient.requestTo(target)
                .timeout(Duration.ofSeconds(5))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "line-" + next)
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"announcer\",\"text\":\"line " + next + "\"}"))
                .build();
        try {
            int status =
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status == 201) {
                published = next;
            }
        } catch (IOException serverIsGone) {
            return; // the next turn repeats it
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return;
        }
    }

    @Override
    public void close() {
        pace.shutdownNow();
        client.shutdownNow();
    }
}
