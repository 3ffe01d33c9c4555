package io.sluice.admin;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.observe.Metrics;
import java.nio.charset.StandardCharsets;

/** {@code GET /metrics}: Prometheus text, or OpenMetrics for who accepts it. */
public final class MetricsRoute {
    private final Metrics metrics;

    public MetricsRoute(Metrics metrics) {
        this.metrics = metrics;
    }

    public void addTo(HttpRoutes routes) {
        routes.add("GET", "/metrics", this::scrape);
    }

    /** A scrape takes milliseconds, so it runs on a virtual thread and comes back. */
    private void scrape(HttpExchange exchange) {
        var accept = exchange.headers().get(HttpHeaderNames.ACCEPT);
        Thread.ofVirtual().name("sluice-scrape").start(() -> {
            var scrape = metrics.scrape(accept);
            var body = scrape.text().getBytes(StandardCharsets.UTF_8);
            exchange.loop().execute(() -> {
                exchange.responseHeaders().set(HttpHeaderNames.CONTENT_TYPE, scrape.contentType());
                exchange.respond(200, Unpooled.wrappedBuffer(body));
            });
        });
    }
}
