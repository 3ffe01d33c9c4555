package io.sluice.http;

import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several observers as one. */
final class ObserverList implements ExchangeObserver {
    private final List<ExchangeObserver> all;

    ObserverList(List<ExchangeObserver> all) {
        this.all = List.copyOf(all);
    }

    @Override
    public void started(HttpExchange exchange) {
        for (var one : all) {
            one.started(exchange);
        }
    }

    @Override
    public void finished(HttpExchange exchange, int status, long bodyBytes, long durationNanos) {
        for (var one : all) {
            one.finished(exchange, status, bodyBytes, durationNanos);
        }
    }

    @Override
    public void refused(HttpExchange exchange, ClientError error) {
        for (var one : all) {
            one.refused(exchange, error);
        }
    }

    @Override
    public void misled(String why, @Nullable SocketAddress proxy) {
        for (var one : all) {
            one.misled(why, proxy);
        }
    }

    @Override
    public void cut(Abuse abuse, @Nullable SocketAddress peer) {
        for (var one : all) {
            one.cut(abuse, peer);
        }
    }
}
