package io.sluice.hub;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.Authenticator;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import io.sluice.limit.Limits;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What every route of the hub asks first: who is calling, and about which channels. Thread-safe. */
public final class Callers {
    private static final int MAX_USER = 128;

    private static final Outcome<Identity> UNAUTHENTICATED = new Outcome.Refused<>(
            Problem.of(ClientError.UNAUTHENTICATED, "send a token as authorization: Bearer, or open with a ticket"));

    private final Authenticator authenticator;
    private final Limits limits;

    public Callers(Authenticator authenticator, Limits limits) {
        this.authenticator = authenticator;
        this.limits = limits;
    }

    public Authenticator authenticator() {
        return authenticator;
    }

    /** Runs {@code then} on the exchange's loop with the caller of a single request, or refuses the exchange. */
    public void identify(HttpExchange exchange, Consumer<Identity> then) {
        request(exchange, outcome -> settle(exchange, outcome, then));
    }

    /**
     * The same for a caller who wants a session: it is let in, or the exchange refused with 429 or 503. The session must begin
     * at once.
     */
    public void open(HttpExchange exchange, Consumer<Identity> then) {
        session(exchange, false, (outcome, unknown) -> settle(exchange, outcome, then));
    }

    /** The same where a caller may still say who it is later: {@code then} gets true for one without credentials. */
    public void openIfAny(HttpExchange exchange, Opened then) {
        session(
                exchange,
                true,
                (outcome, unknown) -> settle(exchange, outcome, identity -> then.with(identity, unknown)));
    }

    /** The caller of a single request, for protocols that have refusals of their own. {@code then} runs on the loop. */
    public void request(HttpExchange exchange, Consumer<Outcome<Identity>> then) {
        authenticate(exchange, outcome -> {
            if (outcome instanceof Outcome.Done<Identity>(var identity)) {
                var peer = exchange.peer().getAddress();
                then.accept(
                        identity == Identity.UNKNOWN
                                ? UNAUTHENTICATED
                                : new Outcome.Done<>(
                                        identity.taking(limits.ofRequest(peer, identity.user(), identity.apiKey()))));
            } else {
                then.accept(outcome);
            }
        });
    }

    /** The same for a session; {@code later}: it may still say who it is. */
    public void session(HttpExchange exchange, boolean later, Arrived then) {
        var refusal = limits.arrive(exchange.peer().getAddress());
        if (refusal != null) {
            then.with(new Outcome.Refused<>(refusal), true);
            return;
        }
        authenticate(exchange, outcome -> {
            if (outcome instanceof Outcome.Done<Identity>(var identity)) {
                boolean unknown = identity == Identity.UNKNOWN;
                then.with(unknown && !later ? UNAUTHENTICATED : admit(exchange, identity), unknown);
            } else {
                then.with(outcome, true);
            }
        });
    }

    /** Null when the signature of a request may be checked; its address pays until {@link #signed} as for a bad token. */
    public @Nullable Problem mayCheckSignature(HttpExchange exchange) {
        return limits.mayCheckToken(exchange.peer().getAddress());
    }

    /** The caller of a single request whose signature was good, with its share of the server. */
    public Identity signed(HttpExchange exchange, Identity identity) {
        var peer = exchange.peer().getAddress();
        limits.tokenWasGood(peer);
        return identity.taking(limits.ofRequest(peer, identity.user(), identity.apiKey()));
    }

    /** Takes a session's identity or why there is none, and true when it has yet to say who it is. */
    @FunctionalInterface
    public interface Arrived {
        void with(Outcome<Identity> identity, boolean unknown);
    }

    /** Takes a session's identity, and true when it has yet to say who it is. */
    @FunctionalInterface
    public interface Opened {
        void with(Identity identity, boolean unknown);
    }

    /**
     * Finds out who a session is by the token of a later message. {@code result} runs on any thread.
     *
     * @param current who it was until now: what it has taken stays taken
     */
    public void renew(String token, InetAddress peer, Identity current, Consumer<Authenticator.Result> result) {
        if (authenticator.acceptsAnybody()) {
            var named = named(token);
            result.accept(
                    named == null
                            ? new Authenticator.Result.Refused(Problem.of(
                                    ClientError.UNAUTHENTICATED, "without tokens, the token is the user's name"))
                            : placed(named, current));
            return;
        }
        authenticator.authenticate(
                token,
                peer,
                found -> result.accept(
                        found instanceof Authenticator.Result.Known(var identity) ? placed(identity, current) : found));
    }

    private static Authenticator.Result placed(Identity identity, Identity current) {
        var share = current.share().as(identity.user(), identity.apiKey());
        var full = Objects.equals(identity.user(), current.user()) ? null : share.place();
        return full == null
                ? new Authenticator.Result.Known(identity.taking(share))
                : new Authenticator.Result.Refused(full);
    }

    private Outcome<Identity> admit(HttpExchange exchange, Identity identity) {
        var share = limits.ofSession(exchange.peer().getAddress(), identity.user(), identity.apiKey());
        var refusal = share.open();
        return refusal == null ? new Outcome.Done<>(identity.taking(share)) : new Outcome.Refused<>(refusal);
    }

    /** {@link Identity#UNKNOWN} for one without credentials. */
    private void authenticate(HttpExchange exchange, Consumer<Outcome<Identity>> then) {
        authenticator.authenticate(
                exchange,
                result -> then.accept(
                        switch (result) {
                            case Authenticator.Result.Known(var identity) -> new Outcome.Done<>(identity);
                            case Authenticator.Result.Refused(var problem) -> new Outcome.Refused<>(problem);
                            case Authenticator.Result.Absent() -> absent(exchange);
                        }));
    }

    private static void settle(HttpExchange exchange, Outcome<Identity> outcome, Consumer<Identity> then) {
        switch (outcome) {
            case Outcome.Done<Identity>(var identity) -> then.accept(identity);
            case Outcome.Refused<Identity>(var problem) -> {
                if (problem.error().status() == 401) {
                    boolean expired = problem.error() == ClientError.TOKEN_EXPIRED;
                    exchange.responseHeaders()
                            .set(
                                    HttpHeaderNames.WWW_AUTHENTICATE,
                                    expired ? "Bearer error=\"invalid_token\"" : "Bearer");
                }
                exchange.refuse(problem);
            }
        }
    }

    /** Without tokens ({@code auth.mode: none}) a caller may simply say which user it is. */
    private static @Nullable Identity named(String user) {
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

    private Outcome<Identity> absent(HttpExchange exchange) {
        if (!authenticator.acceptsAnybody()) {
            return new Outcome.Done<>(Identity.UNKNOWN);
        }
        var user = exchange.query().first("user");
        if (user == null) {
            return new Outcome.Done<>(Identity.ANYBODY);
        }
        var identity = named(user);
        return identity == null
                ? new Outcome.Refused<>(Problem.of(
                                ClientError.BAD_REQUEST,
                                "user must be 1 to " + MAX_USER + " characters of those that a channel name may have")
                        .with("field", "user"))
                : new Outcome.Done<>(identity);
    }
}
