package io.sluice.hub.api;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.hub.wire.JsonReply;
import java.time.Duration;

/** Single-use tickets for connections that can carry no token but in their URL. */
final class TicketRoute {
    private final ApiRoutes.Context context;

    private TicketRoute(ApiRoutes.Context context) {
        this.context = context;
    }

    static void addTo(HttpRoutes routes, ApiRoutes.Context context) {
        var route = new TicketRoute(context);
        routes.add(
                "POST",
                "/v1/tickets",
                exchange -> context.callers().identify(exchange, identity -> route.issue(exchange, identity)));
    }

    private void issue(HttpExchange exchange, Identity identity) {
        var ticket = context.callers().authenticator().tickets().issue(identity);
        if (ticket == null) {
            exchange.refuse(Problem.of(ClientError.OVERLOADED, "too many tickets wait to be used")
                    .retryAfter(Duration.ofSeconds(5)));
            return;
        }
        var out = context.allocator().directBuffer();
        raw(out, "{\"ticket\":");
        string(out, ticket.text());
        raw(out, ",\"expires\":\"" + ticket.expires() + "\"}");
        JsonReply.send(exchange, 201, out);
    }
}
