package io.sluice.hub;

import io.sluice.config.NamespaceConfig;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where channel logs live. One object per configured engine, started and closed by the wiring page. Thread-safe.
 *
 * <p>An engine starts no thread and reads no clock by itself: it is given both, so that a simulation can be it.
 */
public interface LogEngine extends AutoCloseable {
    /** The name in configuration. */
    String name();

    /**
     * Opens the log of {@code channel}, creating nothing on disk before the first append. {@code opened} runs once, on any
     * thread, perhaps before this returns, with the log or why there is none. The caller opens a channel once and keeps it until it calls {@link #evict}.
     *
     * @param appended runs after appends became visible and before they are answered, once for one or for several in a row, one at
     *     a time, on the appending thread; must be quick
     */
    void open(ChannelName channel, NamespaceConfig settings, Consumer<ChannelLog> appended, Consumer<Opened> opened);

    /** Forgets an opened log that has no readers and no appends under way; false when its content lives only here. */
    boolean evict(ChannelLog log);

    /** Evicts what has outlived its age and forgets old idempotency keys. Called about once a second. */
    void sweep();

    /** Null when appends can be taken, else what is wrong: shown by {@code /readyz}. */
    @Nullable
    String ailment();

    /** What is kept beside the logs. */
    KeyedState state();

    /** Finishes what was accepted, then lets go of files and threads' work. */
    @Override
    void close();

    /** What became of an {@link #open}. */
    sealed interface Opened {
        record Ready(ChannelLog log) implements Opened {}

        record Failed(io.sluice.http.Problem problem) implements Opened {}
    }
}
