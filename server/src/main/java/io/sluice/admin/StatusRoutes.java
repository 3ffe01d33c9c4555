package io.sluice.admin;

import static io.sluice.admin.Listing.quoted;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.JsonText;
import io.sluice.http.Problem;
import io.sluice.hub.Hub;
import io.sluice.hub.Session;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** Health, sessions and drain, for operators on the loopback-only admin listener. */
public final class StatusRoutes {
    private final Hub hub;
    private final ByteBufAllocator allocator;
    private final BooleanSupplier draining;
    private final Runnable drain;
    private final Listing<Session> sessions;

    /**
     * @param draining true once the server is going away
     * @param drain begins to drain; may be called again, returns at once
     */
    public StatusRoutes(Hub hub, ByteBufAllocator allocator, BooleanSupplier draining, Runnable drain) {
        this.hub = hub;
        this.allocator = allocator;
        this.draining = draining;
        this.drain = drain;
        this.sessions =
                new Listing<>("sessions", Session::id, StatusRoutes::searched, StatusRoutes::described, allocator);
    }

    public void addTo(HttpRoutes routes) {
        routes.add("GET", "/livez", exchange -> text(exchange, 200, "live\n"));
        routes.add("GET", "/readyz", this::ready);
        routes.add("GET", "/v1/admin/sessions", exchange -> sessions.answer(exchange, hub.sessions()::all));
        routes.add("POST", "/v1/admin/drain", exchange -> {
            drain.run();
            Audit.line(exchange, "drain", "sessions=" + hub.sessions().count());
            text(exchange, 202, "draining\n");
        });
    }

    private void ready(HttpExchange exchange) {
        var ailment = hub.ailment();
        if (draining.getAsBoolean()) {
            exchange.refuse(Problem.of(ClientError.DRAINING, "draining"));
        } else if (ailment != null) {
            exchange.refuse(Problem.of(ClientError.STORAGE_UNAVAILABLE, ailment));
        } else {
            text(exchange, 200, "ready\n");
        }
    }

    private static String searched(Session session) {
        var user = session.identity().user();
        return session.id() + " " + session.peer().transport() + (user == null ? "" : " " + user);
    }

    private static String described(Session session) {
        var user = session.identity().user();
        return "{\"id\":" + quoted(session.id()) + ",\"transport\":"
                + quoted(session.peer().transport())
                + (user == null ? "" : ",\"user\":" + quoted(user)) + ",\"since\":"
                + quoted(JsonText.time(session.opened())) + ",\"subscriptions\":" + session.subscriptionCount() + "}";
    }

    private void text(HttpExchange exchange, int status, String text) {
        exchange.responseHeaders().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.responseHeaders().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        var body = allocator.directBuffer(text.length());
        body.writeCharSequence(text, StandardCharsets.US_ASCII);
        exchange.respond(status, body);
    }
}
