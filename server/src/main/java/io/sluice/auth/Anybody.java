package io.sluice.auth;

import io.sluice.http.HttpExchange;
import java.net.InetAddress;
import java.util.function.Consumer;

/** {@code auth.mode: none}: nobody needs credentials and everybody may do everything, except pages of other origins. For loopback
 * addresses only. */
public final class Anybody implements Authenticator {
    private final Tickets tickets;
    private final OriginPolicy origins;

    public Anybody(Tickets tickets, OriginPolicy origins) {
        this.tickets = tickets;
        this.origins = origins;
    }

    @Override
    public void authenticate(HttpExchange exchange, Consumer<Result> result) {
        // Nothing else would keep a page of anywhere from publishing here, in the name of who looks at it.
        var foreign = isSafe(exchange.method()) ? null : origins.refusal(exchange);
        if (foreign != null) {
            result.accept(new Result.Refused(foreign));
            return;
        }
        var ticket = exchange.query().first("ticket");
        if (ticket == null) {
            result.accept(new Result.Absent());
            return;
        }
        tickets.redeem(ticket, redeemed -> exchange.loop().execute(() -> result.accept(redeemed)));
    }

    /** RFC 9110 section 9.2.1. */
    private static boolean isSafe(String method) {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    @Override
    public void authenticate(String token, InetAddress peer, Consumer<Result> result) {
        result.accept(new Result.Absent());
    }

    @Override
    public boolean acceptsAnybody() {
        return true;
    }

    @Override
    public Tickets tickets() {
        return tickets;
    }
}
