package io.sluice.http;

/** Sees every exchange begin and end: for metrics and the access log. Called on the exchange's loop; must not block. */
public interface ExchangeObserver {
    /** Sees nothing. */
    ExchangeObserver NONE = new ExchangeObserver() {
        @Override
        public void started(HttpExchange exchange) {}

        @Override
        public void finished(HttpExchange exchange, int status, long bodyBytes, long durationNanos) {}
    };

    void started(HttpExchange exchange);

    /**
     * The exchange has ended, however it ended.
     *
     * @param status the response's status; 0 when the peer went before there was one
     * @param bodyBytes response body bytes that were handed to the connection
     * @param durationNanos from the request's head to the end
     */
    void finished(HttpExchange exchange, int status, long bodyBytes, long durationNanos);
}
