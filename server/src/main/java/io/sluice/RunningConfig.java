package io.sluice;

import io.sluice.config.Config;
import io.sluice.config.ConfigChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The configuration with which a server runs. Read anew it is replaced as a whole: by one that has the settings of {@link
 * ConfigChange#LIVE} as they are now, and all others as the server was started with. Thread-safe.
 */
final class RunningConfig {
    private final Supplier<Config> source;
    private final List<Consumer<Config>> listeners = new ArrayList<>();
    private volatile Config config;

    /** @param source reads it anew; throws {@link io.sluice.config.ConfigException} */
    RunningConfig(Config config, Supplier<Config> source) {
        this.config = config;
        this.source = source;
    }

    Config now() {
        return config;
    }

    /** A part of it for somebody who asks each time. */
    <T> Supplier<T> each(Function<Config, T> part) {
        return () -> part.apply(config);
    }

    /**
     * For somebody who has made something of it: told of each that is read anew, in the order in which they were added. Only the first may
     * refuse it, with a {@link io.sluice.config.ConfigException}.
     */
    synchronized void onChange(Consumer<Config> listener) {
        listeners.add(listener);
    }

    /** Takes what can be taken of the configuration as it is now; throws {@link io.sluice.config.ConfigException}, and then nothing has changed. Blocks. */
    synchronized ConfigChange reload() {
        var change = ConfigChange.between(config, source.get());
        listeners.forEach(listener -> listener.accept(change.config()));
        config = change.config();
        return change;
    }
}
