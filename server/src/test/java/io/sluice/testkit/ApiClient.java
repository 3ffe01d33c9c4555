package io.sluice.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls a server's HTTP routes with the JDK's client. Headers are given as name, value, name, value. Thread-safe. */
public final class ApiClient {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper JSON = new JsonMapper();

    /** Longer than any answer takes, a long poll's too: what never comes fails its test, and does not hold up the others. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ServerAddress server;

    /** Shows the token of the address with every request to the edge listener. */
    public ApiClient(ServerAddress server) {
        this.server = server;
    }

    /** An answer with what tests ask of it. */
    public record Answer(HttpResponse<String> response) {
        public int status() {
            return response.statusCode();
        }

        public String body() {
            return response.body();
        }

        /** Empty when the field is absent. */
        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        /** The last part of a problem's type; empty when this is no problem. */
        public String problem() {
            boolean problem = header("content-type").startsWith("application/problem+json");
            return problem ? json().path("type").asString().replace("urn:sluice:problem:", "") : "";
        }
    }

    public Answer get(String path, String... headers) {
        return send("GET", server.uri(path), "", shown(headers));
    }

    public Answer post(String path, String body, String... headers) {
        return send("POST", server.uri(path), body, shown(headers));
    }

    public Answer put(String path, String body, String... headers) {
        return send("PUT", server.uri(path), body, shown(headers));
    }

    public Answer method(String method, String path, String... headers) {
        return send(method, server.uri(path), "", shown(headers));
    }

    /** A GET on the admin listener. */
    public Answer admin(String path) {
        return send("GET", admin().admin(path), "");
    }

    /** A POST on the admin listener. */
    public Answer admin(String path, String body) {
        return send("POST", admin().admin(path), body);
    }

    /** A server in this process has an admin listener that is known. */
    private EdgeServer admin() {
        return (EdgeServer) server;
    }

    /** Publishes a JSON value and gives its position. */
    public String publish(String channel, String data) {
        var answer = post("/v1/channels/" + channel + "/messages", data);
        if (answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        return answer.json().path("position").asString();
    }

    /** A request whose answer begins in time or is an {@link java.net.http.HttpTimeoutException}. */
    public static HttpRequest.Builder requestTo(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(PATIENCE);
    }

    /** Asks without waiting for the answer. */
    public CompletableFuture<Answer> begin(String method, String path, String body, String... headers) {
        return HTTP.sendAsync(request(method, server.uri(path), body, shown(headers)), BodyHandlers.ofString())
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .thenApply(Answer::new);
    }

    private String[] shown(String... headers) {
        if (server.token().isEmpty()) {
            return headers;
        }
        var all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = "Bearer " + server.token();
        return all;
    }

    private static Answer send(String method, URI uri, String body, String... headers) {
        try {
            return new Answer(HTTP.send(request(method, uri, body, headers), BodyHandlers.ofString()));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(asked);
        }
    }

    private static HttpRequest request(String method, URI uri, String body, String... headers) {
        var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        var request = requestTo(uri).method(method, publisher);
        return (headers.length == 0 ? request : request.headers(headers)).build();
    }
}
