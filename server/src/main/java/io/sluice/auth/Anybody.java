package io.sluice.auth;

import io.sluice.http.HttpExchange;
import java.util.function.Consumer;

/** {@code auth.mode: none}: nobody needs credentials and everybody may do everything. For loopback addresses only. */
public final class Anybody implements Authenticator {
    @Override
    public void authenticate(HttpExchange exchange, Consumer<Result> result) {
        result.accept(new Result.Absent());
    }

    @Override
    public void authenticate(String token, Consumer<Result> result) {
        result.accept(new Result.Absent());
    }

    @Override
    public boolean acceptsAnybody() {
        return true;
    }
}
