package io.sluice.auth;

import io.sluice.config.AuthConfig;
import io.sluice.http.HttpExchange;
import io.sluice.http.Problem;
import java.net.InetAddress;
import java.util.function.Consumer;

/** Finds out who is calling. */
public interface Authenticator extends AutoCloseable {
    /**
     * Reads the request's credentials: bearer token, cookie with an allowed Origin, or ticket. {@code result} runs once on
     * the exchange's loop, perhaps before this returns. A request without credentials gets {@link Result.Absent}.
     */
    void authenticate(HttpExchange exchange, Consumer<Result> result);

    /**
     * The same for a token that came another way, such as a first WebSocket message. {@code result} runs on any thread.
     *
     * @param peer who showed it: one that shows bad tokens again and again is slowed down
     */
    void authenticate(String token, InetAddress peer, Consumer<Result> result);

    /** True when a caller without credentials is {@link Identity#ANYBODY}: {@code auth.mode: none}. */
    boolean acceptsAnybody();

    /** Where tickets for connections without a token come from. */
    Tickets tickets();

    /**
     * Goes on with these keys, key files read again. Throws {@link io.sluice.config.ConfigException} when they are not usable;
     * then nothing has changed. Called by one thread at a time.
     */
    default void become(AuthConfig config) {}

    /** Frees what it holds; nobody is known any more. */
    @Override
    default void close() {}

    /** What was found. */
    sealed interface Result {
        record Known(Identity identity) implements Result {}

        record Absent() implements Result {}

        record Refused(Problem problem) implements Result {}
    }
}
