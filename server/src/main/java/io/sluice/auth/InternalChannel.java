package io.sluice.auth;

import io.sluice.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A channel of the servers' own, which no client can name: every server that shares the engine appends to the same log and
 * reads it from its oldest entry. What must be agreed on by all of them, and outlive a restart, is an entry. Thread-safe.
 */
public interface InternalChannel {
    /**
     * Its bounds.
     *
     * @param name its name without the reserved sign
     * @param age how long an entry is held
     * @param keys how long the key of an entry is remembered
     * @param most how many entries are held; beyond it appends are refused with {@code overloaded}
     */
    record Bounds(String name, Duration age, Duration keys, int most) {}

    /**
     * Appends an entry. {@code answer} runs once, on any thread, and when this server follows the channel not before its
     * follower was given the entry.
     *
     * @param key an entry with a key that was used before is not stored again; null for none
     */
    void append(@Nullable String key, byte[] content, Consumer<Entered> answer);

    /**
     * Gives {@code follower} every entry that is held and then each new one, oldest first, one at a time. Called at most once;
     * goes on for the life of the server.
     *
     * @return done once everything that was held has been given
     */
    CompletableFuture<Void> follow(Consumer<Entry> follower);

    /**
     * One entry.
     *
     * @param content never changed
     * @param time when the engine stored it
     */
    record Entry(byte[] content, Instant time) {}

    /** What became of an append. */
    sealed interface Entered {
        /** It is in the log, as durable as the engine promises. */
        record First() implements Entered {}

        /** The key was used before. */
        record Again() implements Entered {}

        /** The engine did not take it. */
        record Refused(Problem problem) implements Entered {}
    }
}
