package io.sluice.hub.transport;

import io.netty.buffer.Unpooled;
import io.sluice.auth.OriginPolicy;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.WebSocket;
import io.sluice.http.WebSocketHandshake;
import io.sluice.hub.Disconnect;
import java.util.List;

/** WebSocket with JSON commands: {@code GET /v1/ws}, and the same pipeline as a plain echo for conformance tools. */
final class WebSocketTransport implements Transport {
    private static final int ECHO_MAX = 16 << 20;

    private final Transports.Context context;
    private final WebSocketHandshake handshake;
    private final OriginPolicy origins;

    WebSocketTransport(Transports.Context context) {
        this.context = context;
        this.origins = context.origins();
        this.handshake = new WebSocketHandshake(
                List.of("sluice.v1.json"),
                (int) context.edge().websocket().maxFrameSize().bytes(),
                (int) context.edge().websocket().maxMessageSize().bytes(),
                Disconnect.TOO_LARGE.code(),
                context.edge().websocket().compression());
    }

    @Override
    public String name() {
        return "websocket";
    }

    @Override
    public void addTo(HttpRoutes routes) {
        routes.add("GET", "/v1/ws", this::open);
        if (context.edge().demo()) {
            routes.add("GET", "/v1/echo", this::echo);
        }
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
            var peer = exchange.peer().getAddress();
            var session = new WebSocketSession(context, peer, identity, unknown);
            var socket = handshake.accept(exchange, context.allocator(), protocol -> session);
            if (socket != null) {
                session.start(socket);
            }
        });
    }

    private void echo(HttpExchange exchange) {
        var echoing = new WebSocketHandshake(List.of(), ECHO_MAX, 1009, true);
        var socket = echoing.accept(exchange, context.allocator(), protocol -> new Echo());
        if (socket != null) {
            socket.start();
        }
    }

    /** Sends back what it gets; stops reading while its peer does not. */
    private static final class Echo implements WebSocket.Listener {
        @Override
        public void text(WebSocket socket, byte[] utf8) {
            send(socket, true, utf8);
        }

        @Override
        public void binary(WebSocket socket, byte[] bytes) {
            send(socket, false, bytes);
        }

        @Override
        public void writable(WebSocket socket) {
            socket.reading(true);
        }

        @Override
        public void closed(WebSocket socket) {
            // Nothing is kept.
        }

        private static void send(WebSocket socket, boolean text, byte[] payload) {
            socket.send(text, Unpooled.wrappedBuffer(payload));
            if (!socket.writable()) {
                socket.reading(false);
            }
        }
    }
}
