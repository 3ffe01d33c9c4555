package io.sluice.hub.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.OriginPolicy;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.WebSocketHandshake;
import java.util.List;

/**
 * GraphQL at {@code /graphql}: queries and mutations over HTTP, subscriptions over server-sent events and over WebSocket with
 * the subprotocol {@code graphql-transport-ws}.
 */
final class GraphQlTransport implements Transport {
    private static final String PATH = "/graphql";
    private static final int MESSAGE_TOO_BIG = 1009;

    private final Transports.Context context;
    private final GraphQlRunner runner;
    private final FrameBuffers buffers;
    private final GraphQlHttp http;
    private final WebSocketHandshake handshake;
    private final OriginPolicy origins;

    GraphQlTransport(Transports.Context context) {
        this.context = context;
        this.runner = new GraphQlRunner(context);
        this.buffers = new FrameBuffers(context.loops(), context.allocator());
        this.http = new GraphQlHttp(context, runner);
        this.origins = context.origins();
        // Never compressed: what is around a shared result differs from reader to reader.
        this.handshake = new WebSocketHandshake(
                List.of("graphql-transport-ws"), GraphQlHttp.maxRequest(context), MESSAGE_TOO_BIG, false);
    }

    @Override
    public String name() {
        return "graphql";
    }

    @Override
    public void addTo(HttpRoutes routes) {
        routes.add("POST", PATH, http::post);
        routes.add("GET", PATH, exchange -> {
            if (exchange.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true)) {
                open(exchange);
            } else {
                http.get(exchange);
            }
        });
    }

    private void open(HttpExchange exchange) {
        if (context.refusesNew(exchange)) {
            return;
        }
        // Browsers let any page open a WebSocket to anywhere (RFC 6455 section 10.2).
        var foreign = origins.refusal(exchange);
        if (foreign != null) {
            exchange.refuse(foreign);
            return;
        }
        context.callers().openIfAny(exchange, (identity, unknown) -> {
            var session =
                    new GraphQlSocket(context, runner, buffers, exchange.peer().getAddress(), identity, unknown);
            var socket = handshake.accept(exchange, context.allocator(), protocol -> session);
            if (socket != null) {
                session.start(socket);
            }
        });
    }

    @Override
    public void close() {
        buffers.close();
    }
}
