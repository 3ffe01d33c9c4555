package io.sluice.hub.log;

import io.sluice.config.DataSize;
import io.sluice.config.NamespaceConfig;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.KeyedState;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Round;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Logs that live in this process and end with it: every start has a new epoch.
 *
 * <p>Bounded as a whole by {@link Settings#memoryLimit}: at the limit a channel that still grows is refused with 503, one that
 * gives up its oldest publication for the new one goes on. Thread-safe; nothing blocks, so all callbacks run at once.
 */
public final class MemoryLog implements LogEngine {
    /**
     * @param memoryLimit weight of all publications together
     * @param maxKeys how many idempotency keys are remembered; beyond it the oldest is forgotten early
     * @param maxEntries how many entries of each kind of keyed state are kept; beyond it new ones are not stored
     */
    public record Settings(DataSize memoryLimit, int maxKeys, int maxEntries) {
        public Settings() {
            this(DataSize.mib(256), 1_000_000, 1_000_000);
        }

        public Settings {
            if (memoryLimit.bytes() < 1 << 20) {
                throw new IllegalArgumentException("memory_limit: must be at least 1MiB");
            }
            if (maxKeys < 1 || maxEntries < 1) {
                throw new IllegalArgumentException("max_keys, max_entries: must be at least 1");
            }
        }
    }

    private final Settings settings;
    private final EngineContext context;
    private final int generation;
    private final RememberedKeys keys;
    private final AtomicLong used = new AtomicLong();
    private final Map<ChannelName, MemoryChannelLog> logs = new ConcurrentHashMap<>();
    private final Round<MemoryChannelLog> round = new Round<>(logs.values());
    private final MemoryState state;

    public MemoryLog(Settings settings, EngineContext context) {
        this.settings = settings;
        this.context = context;
        this.generation = context.random().nextInt();
        this.keys = new RememberedKeys(settings.maxKeys());
        this.state = new MemoryState(settings.maxEntries());
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void open(
            ChannelName channel, NamespaceConfig namespace, Consumer<ChannelLog> appended, Consumer<Opened> opened) {
        var log = new MemoryChannelLog(
                channel,
                generation,
                namespace,
                appended,
                new MemoryChannelLog.Shared(context.clock(), keys, used, settings.memoryLimit()));
        if (logs.putIfAbsent(channel, log) != null) {
            throw new IllegalStateException("already open: " + channel);
        }
        opened.accept(new Opened.Ready(log));
    }

    @Override
    public boolean evict(ChannelLog log) {
        if (!(log instanceof MemoryChannelLog own) || !own.closeIfNeverUsed()) {
            return false;
        }
        return logs.remove(own.name(), own);
    }

    @Override
    public void sweep() {
        keys.forgetExpired(context.clock().nanos());
        round.visit(MemoryChannelLog::dropAged);
    }

    @Override
    public @Nullable String ailment() {
        return null;
    }

    @Override
    public KeyedState state() {
        return state;
    }

    @Override
    public void close() {
        for (var log : logs.values()) {
            log.close();
        }
        logs.clear();
    }
}
