package io.sluice.http;

import io.sluice.observe.AccessLog;

/** Hands every ended exchange to the access log. Thread-safe. */
public final class ExchangeLog implements ExchangeObserver {
    private final AccessLog log;

    public ExchangeLog(AccessLog log) {
        this.log = log;
    }

    @Override
    public void finished(HttpExchange exchange, int status, long bodyBytes, long durationNanos) {
        log.write(new AccessLog.Entry(
                exchange.peer(),
                exchange.method(),
                exchange.target(),
                exchange.version(),
                status,
                bodyBytes,
                durationNanos,
                exchange.requestId()));
    }
}
