package io.sluice.http;

import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees every exchange begin and end, and every refusal: for metrics and the access log. Called on the loop of the exchange
 * or connection; must not block.
 */
public interface ExchangeObserver {
    /** Sees nothing. */
    ExchangeObserver NONE = new ExchangeObserver() {};

    /** Shows everything to each of {@code observers}, in this order. */
    static ExchangeObserver of(List<ExchangeObserver> observers) {
        return new ObserverList(observers);
    }

    default void started(HttpExchange exchange) {}

    /**
     * The exchange has ended, however it ended.
     *
     * @param status the response's status; 0 when the peer went before there was one
     * @param bodyBytes response body bytes that were handed to the connection
     * @param durationNanos from the request's head to the end
     */
    default void finished(HttpExchange exchange, int status, long bodyBytes, long durationNanos) {}

    /** The exchange was answered with {@code error}. Comes before {@link #finished}. */
    default void refused(HttpExchange exchange, ClientError error) {}

    /** A connection was ended, or one of its streams reset, because its peer abused it. */
    default void cut(Abuse abuse, @Nullable SocketAddress peer) {}

    /** A connection of a trusted proxy was ended, since it did not say whose it is: {@link Abuse#BAD_PROXY_HEADER}. */
    default void misled(String why, @Nullable SocketAddress proxy) {}
}
