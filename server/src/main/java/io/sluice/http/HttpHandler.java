package io.sluice.http;

/** Answers requests. Runs on the exchange's loop and must not block. */
@FunctionalInterface
public interface HttpHandler {
    void handle(HttpExchange exchange);
}
