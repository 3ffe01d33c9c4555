package io.sluice.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The server as this client calls it: address, credentials, timeouts, errors. Thread-safe. */
final class Endpoint {
    /** No answer is longer than this: a page of history is the longest. */
    static final long MAX_ANSWER_BYTES = 64L << 20;

    private final URI base;
    private final @Nullable String user;
    private final HttpClient http;
    private final Credentials credentials;
    private final ClientOptions options;

    Endpoint(URI base, HttpClient http, ClientOptions options) {
        this.base = base;
        this.http = http;
        this.options = options;
        this.user = options.user();
        this.credentials = new Credentials(options.tokens());
    }

    /** A call: {@code path} is percent-encoded and may have a query. */
    record Call(String method, String path, Map<String, String> headers, byte @Nullable [] body) {
        static Call get(String path) {
            return new Call("GET", path, Map.of(), null);
        }

        static Call json(String method, String path, String body) {
            return new Call(
                    method, path, Map.of("content-type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** An answer below 300. */
    record Answer(int status, HttpHeaders headers, String body) {
        JsonObject json() {
            return JsonObject.parse(body);
        }
    }

    HttpClient http() {
        return http;
    }

    Credentials credentials() {
        return credentials;
    }

    Timing timing() {
        return options.timing();
    }

    Duration timeout() {
        return options.timeout();
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    URI at(String path) {
        var root = base.toString().endsWith("/")
                ? base.toString().substring(0, base.toString().length() - 1)
                : base;
        var as = user == null ? "" : (path.indexOf('?') < 0 ? "?" : "&") + "user=" + encoded(user);
        return URI.create(root + path + as);
    }

    /** A request as this client, with the token that is returned beside it. */
    record Signed(HttpRequest.Builder request, Optional<String> token) {}

    Signed request(String path) {
        var token = credentials.token();
        var request = HttpRequest.newBuilder(at(path));
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        return new Signed(request, token);
    }

    /** Begins a GET; cancelling what is returned frees the connection. */
    CompletableFuture<HttpResponse<String>> begin(String path, Duration within) {
        return http.sendAsync(
                request(path).request().timeout(within).build(),
                BodyHandlers.limiting(BodyHandlers.ofString(), MAX_ANSWER_BYTES));
    }

    /** Sends once, or twice where the token was refused and there is another; blocks. */
    Answer send(Call call) {
        var token = credentials.token();
        try {
            return exchange(call);
        } catch (SluiceException refused) {
            if (refused.code().asksForToken() && credentials.renew(token)) {
                return exchange(call);
            }
            throw refused;
        }
    }

    /**
     * Sends until it is answered, with the waits of {@link Backoff}, for as long as {@link ClientOptions#patience()}; blocks. Only
     * for what may be sent twice.
     */
    Answer sendPatiently(Call call) {
        long deadline = options.timing().nanos() + options.patience().toNanos();
        var backoff = options.newBackoff();
        while (true) {
            try {
                return send(call);
            } catch (SluiceException refused) {
                var wait = backoff.next(refused.retryAfter());
                if (!refused.code().isPassing() || options.timing().nanos() + wait.toNanos() >= deadline) {
                    throw refused;
                }
                pause(wait);
            }
        }
    }

    private void pause(Duration wait) {
        try {
            options.timing().pause(wait);
        } catch (InterruptedException asked) {
            throw Problems.interrupted();
        }
    }

    private Answer exchange(Call call) {
        var body = call.body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(call.body);
        var request = request(call.path).request().timeout(options.timeout()).method(call.method, body);
        call.headers.forEach(request::header);
        try {
            var response = http.send(request.build(), BodyHandlers.limiting(BodyHandlers.ofString(), MAX_ANSWER_BYTES));
            if (response.statusCode() >= 300) {
                throw Problems.of(response.statusCode(), response.headers(), response.body());
            }
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException failure) {
            throw Problems.of(failure);
        } catch (InterruptedException asked) {
            throw Problems.interrupted();
        }
    }
}
