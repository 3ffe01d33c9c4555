package io.sluice.hub.log;

import io.sluice.hub.LogEngine;

/**
 * One kind of engine.
 *
 * @param name in configuration
 * @param settings its settings record; the no-argument constructor has the defaults
 * @param starter makes a running engine; throws {@link StorageUnusable} when its place cannot be used
 */
public record EngineType<S extends Record>(String name, Class<S> settings, Starter<S> starter) {
    /** Starts an engine: reads what an earlier process left, starts no thread. */
    @FunctionalInterface
    public interface Starter<S> {
        LogEngine start(S settings, EngineContext context);
    }
}
