package io.sluice.hub.log;

import io.sluice.hub.LogEngine;
import java.util.function.Supplier;

/**
 * One kind of engine.
 *
 * @param name in configuration
 * @param defaults its settings record with its defaults
 * @param starter makes a running engine; throws {@link StorageUnusable} when its place cannot be used
 */
public record EngineType<S extends Record>(String name, Supplier<S> defaults, Starter<S> starter) {
    /** Starts this engine with its default settings. */
    public LogEngine start(EngineContext context) {
        return starter.start(defaults.get(), context);
    }

    /** Starts an engine: reads what an earlier process left, starts no thread. */
    @FunctionalInterface
    public interface Starter<S> {
        LogEngine start(S settings, EngineContext context);
    }
}
