package io.sluice.hub.transport;

import io.sluice.http.HttpRoutes;

/**
 * One client protocol: how a client arrives (the routes it asks for) and how publications leave (its inbox). Built once at
 * start; its handlers run on the exchange's loop.
 */
public interface Transport {
    /** The name in metrics, logs and {@code sluice tail --transport}. */
    String name();

    /** Adds this transport's routes to the edge listener. */
    void addTo(HttpRoutes routes);
}
