package io.sluice.hub.log;

import io.sluice.config.HubConfig;
import io.sluice.hub.LogEngine;
import java.util.function.Function;

/**
 * One kind of engine.
 *
 * @param name in configuration
 * @param settings its settings record, out of the plane's
 * @param starter makes a running engine; throws {@link StorageUnusable} when its place cannot be used
 */
public record EngineType<S extends Record>(String name, Function<HubConfig, S> settings, Starter<S> starter) {
    /** Starts this engine with the settings that the plane has for it. */
    public LogEngine start(EngineContext context) {
        return starter.start(settings.apply(context.hub()), context);
    }

    /** Starts an engine: reads what an earlier process left, starts no thread. */
    @FunctionalInterface
    public interface Starter<S> {
        LogEngine start(S settings, EngineContext context);
    }
}
