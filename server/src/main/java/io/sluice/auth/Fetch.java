package io.sluice.auth;

import io.sluice.http.ClientError;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * HTTP requests to addresses that the operator configured, each bounded in time and in the size of its answer. Redirects are
 * not followed. Thread-safe; results come on virtual threads.
 */
final class Fetch implements AutoCloseable {
    private final Duration timeout;
    private final int maxBytes;
    private final HttpClient client;

    /**
     * @param timeout from connecting to the last byte
     * @param maxBytes the largest answer
     */
    Fetch(Duration timeout, int maxBytes) {
        this.timeout = timeout;
        this.maxBytes = maxBytes;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("sluice-auth-fetch-", 0).factory()))
                .build();
    }

    /** What came of a request. */
    sealed interface Fetched {
        record Answer(int status, HttpHeaders headers, byte[] body) implements Fetched {}

        /** @param error one of the {@code upstream-} errors */
        record Failed(ClientError error, String detail) implements Fetched {}
    }

    /** Sends {@code request}; {@code result} runs once. */
    void send(HttpRequest request, Consumer<Fetched> result) {
        var head = new AtomicBoolean();
        BodyHandler<byte[]> body = BodyHandlers.limiting(BodyHandlers.ofByteArray(), maxBytes);
        var sent = client.sendAsync(request, info -> {
            head.set(true);
            return body.apply(info);
        });
        sent.copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).whenComplete((answer, failure) -> {
            if (failure == null) {
                result.accept(new Fetched.Answer(answer.statusCode(), answer.headers(), answer.body()));
            } else {
                sent.cancel(true);
                result.accept(failed(failure, head.get()));
            }
        });
    }

    private Fetched failed(Throwable failure, boolean headArrived) {
        var cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return new Fetched.Failed(ClientError.UPSTREAM_TIMEOUT, "no answer within " + timeout.toMillis() + " ms");
        }
        return headArrived
                ? new Fetched.Failed(
                        ClientError.UPSTREAM_BAD_RESPONSE,
                        "the answer broke off or is larger than " + maxBytes + " bytes")
                : new Fetched.Failed(ClientError.UPSTREAM_UNREACHABLE, "no connection, or not of HTTP");
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
