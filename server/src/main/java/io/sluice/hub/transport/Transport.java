package io.sluice.hub.transport;

import io.sluice.http.HttpRoutes;
import io.sluice.observe.Metrics;

/**
 * One client protocol: how a client arrives (the routes it asks for) and how publications leave (its inbox). Built once at
 * start; its handlers run on the exchange's loop.
 */
public interface Transport extends AutoCloseable {
    /** The name in metrics, logs and {@code sluice tail --transport}. */
    String name();

    /** Adds this transport's routes to the edge listener. */
    void addTo(HttpRoutes routes);

    /** Shows its numbers to scrapers; called once. */
    default void export(Metrics metrics) {}

    /** Begins what it does without being asked by a client, once the server serves. */
    default void start() {}

    /** Readiness fails from here on: tells those who watch over it. On any thread, once; sessions are drained by the hub. */
    default void leaving() {}

    /** Ends what goes on. */
    @Override
    default void close() {}
}
