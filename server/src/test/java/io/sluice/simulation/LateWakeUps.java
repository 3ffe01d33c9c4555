package io.sluice.simulation;

import io.sluice.config.NamespaceConfig;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.KeyedState;
import io.sluice.hub.LogEngine;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine whose word that there is something newer travels as a broker's notifications do: late, twice, out of order between
 * channels, and once in place of several. One that is lost for good is not among it: nobody could know, so an engine that
 * hears from a broker must find breaks by itself.
 */
final class LateWakeUps implements LogEngine {
    private final LogEngine engine;
    private final SimulatedExecutor network;
    private final Random random;
    private final Set<ChannelLog> underWay = new HashSet<>();

    LateWakeUps(LogEngine engine, SimulatedExecutor network, Random random) {
        this.engine = engine;
        this.network = network;
        this.random = random;
    }

    @Override
    public void open(
            ChannelName channel, NamespaceConfig settings, Consumer<ChannelLog> appended, Consumer<Opened> opened) {
        engine.open(channel, settings, log -> wakeUp(log, appended), opened);
    }

    private void wakeUp(ChannelLog log, Consumer<ChannelLog> appended) {
        int way = random.nextInt(4);
        if (way <= 1) {
            appended.accept(log);
        }
        // Of way 0 there are two; one that is still under way stands for this one too.
        if (way != 1 && underWay.add(log)) {
            network.execute(() -> {
                underWay.remove(log);
                appended.accept(log);
            });
        }
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public boolean evict(ChannelLog log) {
        return engine.evict(log);
    }

    @Override
    public void sweep() {
        engine.sweep();
    }

    @Override
    public @Nullable String ailment() {
        return engine.ailment();
    }

    @Override
    public KeyedState state() {
        return engine.state();
    }

    @Override
    public void close() {
        engine.close();
    }
}
