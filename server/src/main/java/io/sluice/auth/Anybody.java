package io.sluice.auth;

import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import java.net.InetAddress;
import java.util.function.Consumer;

/** {@code auth.mode: none}: nobody needs credentials and everybody may do everything. For loopback addresses only. */
public final class Anybody implements Authenticator {
    private final Tickets tickets;

    public Anybody(Tickets tickets) {
        this.tickets = tickets;
    }

    @Override
    public void authenticate(HttpExchange exchange, Consumer<Result> result) {
        var ticket = exchange.query().first("ticket");
        if (ticket == null) {
            result.accept(new Result.Absent());
            return;
        }
        var identity = tickets.redeem(ticket);
        result.accept(
                identity != null
                        ? new Result.Known(identity)
                        : new Result.Refused(
                                Problem.of(ClientError.UNAUTHENTICATED, "the ticket is unknown, used or too old")));
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
