package io.sluice.client;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The token of this client: asked for when it is first needed, and again when the server refuses it. Thread-safe. */
final class Credentials {
    private final @Nullable Supplier<String> source;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable String current;

    Credentials(@Nullable Supplier<String> source) {
        this.source = source;
    }

    /** The token; empty for a client that has none. */
    Optional<String> token() {
        if (source == null) {
            return Optional.empty();
        }
        lock.lock();
        try {
            if (current == null) {
                current = ask(source);
            }
            return Optional.of(current);
        } finally {
            lock.unlock();
        }
    }

    /** Gets another token in place of {@code refused}, once for all who were refused; false where there is no source. */
    boolean renew(Optional<String> refused) {
        if (source == null) {
            return false;
        }
        lock.lock();
        try {
            if (current == null || refused.isEmpty() || refused.get().equals(current)) {
                current = ask(source);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static String ask(Supplier<String> source) {
        try {
            return source.get();
        } catch (RuntimeException theirs) {
            throw new SluiceException(ProblemCode.TOKEN_UNAVAILABLE, "the supplier of tokens failed", theirs);
        }
    }
}
