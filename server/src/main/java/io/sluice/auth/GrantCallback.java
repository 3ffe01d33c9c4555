package io.sluice.auth;

import io.sluice.http.Problem;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks the team's own backend for what no grant says. Thread-safe; never blocks the caller. */
public interface GrantCallback {
    /** Gives {@code answer} null when the caller may, else why not; at once or later, on any thread. Fails closed. */
    void ask(Identity identity, Verb verb, String channel, Consumer<@Nullable Problem> answer);
}
