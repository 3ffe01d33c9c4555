package io.sluice.hub.api;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import io.sluice.auth.Identity;
import io.sluice.auth.Tickets;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.hub.wire.JsonReply;

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
        var tickets = context.callers().authenticator().tickets();
        tickets.issue(identity, issued -> exchange.loop().execute(() -> answer(exchange, issued)));
    }

    private void answer(HttpExchange exchange, Tickets.Issued issued) {
        switch (issued) {
            case Tickets.Issued.Refused(var problem) -> exchange.refuse(problem);
            case Tickets.Issued.Done(var ticket) -> {
                var out = context.allocator().directBuffer();
                raw(out, "{\"ticket\":");
                string(out, ticket.text());
                raw(out, ",\"expires\":\"" + ticket.expires() + "\"}");
                JsonReply.send(exchange, 201, out);
            }
        }
    }
}
