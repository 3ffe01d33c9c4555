package io.sluice.hub;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.Authenticator;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What every route of the hub asks first: who is calling, and about which channels. Thread-safe. */
public final class Callers {
    private static final int MAX_USER = 128;

    private final Authenticator authenticator;

    public Callers(Authenticator authenticator) {
        this.authenticator = authenticator;
    }

    public Authenticator authenticator() {
        return authenticator;
    }

    /** Runs {@code then} on the exchange's loop with the caller, or refuses the exchange. */
    public void identify(HttpExchange exchange, Consumer<Identity> then) {
        identifyIfAny(exchange, identity -> {
            if (identity == null) {
                unauthenticated(exchange);
            } else {
                then.accept(identity);
            }
        });
    }

    /** The same where a caller may still say who it is later: {@code then} gets null for one without credentials. */
    public void identifyIfAny(HttpExchange exchange, Consumer<@Nullable Identity> then) {
        authenticator.authenticate(exchange, result -> {
            switch (result) {
                case Authenticator.Result.Known(var identity) -> then.accept(identity);
                case Authenticator.Result.Refused(var problem) -> {
                    if (problem.error().status() == 401) {
                        exchange.responseHeaders().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
                    }
                    exchange.refuse(problem);
                }
                case Authenticator.Result.Absent() -> absent(exchange, then);
            }
        });
    }

    /** Without tokens ({@code auth.mode: none}) a caller may simply say which user it is. */
    public @Nullable Identity named(String user) {
        boolean valid = !user.isEmpty() && user.length() <= MAX_USER && ChannelName.ofUser(user) != null;
        return valid ? new Identity(user, null, Grants.ALL, null) : null;
    }

    /** The route's {@code {channel}}; refuses the exchange and gives null when it is no channel name. */
    public static @Nullable ChannelName channel(HttpExchange exchange) {
        return channel(exchange, exchange.parameter("channel"));
    }

    /** The channels that {@code ?channel=} names, without repetition; refuses the exchange and gives null otherwise. */
    public static @Nullable List<ChannelName> channels(HttpExchange exchange) {
        var texts = exchange.query().all("channel");
        if (texts.isEmpty() || texts.size() > Cursor.MAX_CHANNELS) {
            exchange.refuse(Problem.of(
                            ClientError.BAD_REQUEST, "?channel= must be given 1 to " + Cursor.MAX_CHANNELS + " times")
                    .with("field", "channel")
                    .with("limit", Cursor.MAX_CHANNELS));
            return null;
        }
        var names = new ArrayList<ChannelName>();
        for (var text : texts) {
            var name = channel(exchange, text);
            if (name == null) {
                return null;
            }
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    private static @Nullable ChannelName channel(HttpExchange exchange, String text) {
        var name = ChannelName.parse(text);
        if (name == null) {
            exchange.refuse(Problem.of(ClientError.BAD_CHANNEL, "the channel name " + ChannelName.RULE)
                    .with("field", "channel"));
        }
        return name;
    }

    private void absent(HttpExchange exchange, Consumer<@Nullable Identity> then) {
        if (!authenticator.acceptsAnybody()) {
            then.accept(null);
            return;
        }
        var user = exchange.query().first("user");
        if (user == null) {
            then.accept(Identity.ANYBODY);
            return;
        }
        var identity = named(user);
        if (identity == null) {
            exchange.refuse(Problem.of(
                            ClientError.BAD_REQUEST,
                            "user must be 1 to " + MAX_USER + " characters of those that a channel name may have")
                    .with("field", "user"));
        } else {
            then.accept(identity);
        }
    }

    private static void unauthenticated(HttpExchange exchange) {
        exchange.responseHeaders().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        exchange.refuse(Problem.of(
                ClientError.UNAUTHENTICATED, "send a token as authorization: Bearer, or open with a ticket"));
    }
}
