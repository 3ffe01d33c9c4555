package io.sluice.testkit;

import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.KeyedState;
import io.sluice.hub.LogEngine;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.MemoryLog;
import io.sluice.net.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One engine that several servers of a test share, as they share a broker: each has a {@link #view}, and what one appends the
 * others are told. A memory engine behind the name {@code shared}. Thread-safe.
 */
public final class SharedEngine implements AutoCloseable {
    private static final class Opened {
        final List<Consumer<ChannelLog>> listeners = new CopyOnWriteArrayList<>();

        @Nullable
        ChannelLog log;
    }

    private final MemoryLog engine;
    private final HeldState state;
    private final Map<ChannelName, Opened> logs = new HashMap<>();

    public SharedEngine(Clock clock) {
        var context = new EngineContext(clock, new HubConfig(), Runnable::run, Runnable::run, new Random(1), () -> "");
        this.engine = new MemoryLog(new MemoryLog.Settings(), context);
        this.state = new HeldState(engine.state());
    }

    /** What the servers store beside their logs. */
    public HeldState state() {
        return state;
    }

    /** What one server is given. */
    public LogEngine view() {
        return new View();
    }

    @Override
    public void close() {
        engine.close();
    }

    private final class View implements LogEngine {
        @Override
        public String name() {
            return "shared";
        }

        @Override
        public void open(
                ChannelName channel,
                NamespaceConfig settings,
                Consumer<ChannelLog> appended,
                Consumer<LogEngine.Opened> opened) {
            ChannelLog log;
            synchronized (logs) {
                var shared = logs.computeIfAbsent(channel, name -> new SharedEngine.Opened());
                shared.listeners.add(appended);
                if (shared.log == null) {
                    engine.open(
                            channel,
                            settings,
                            changed -> shared.listeners.forEach(listener -> listener.accept(changed)),
                            ready -> shared.log = ((LogEngine.Opened.Ready) ready).log());
                }
                log = Objects.requireNonNull(shared.log);
            }
            opened.accept(new LogEngine.Opened.Ready(log));
        }

        @Override
        public boolean evict(ChannelLog log) {
            return false;
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
            return state;
        }

        @Override
        public void close() {
            // The engine outlives its servers.
        }
    }
}
