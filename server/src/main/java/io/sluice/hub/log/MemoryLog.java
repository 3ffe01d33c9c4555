package io.sluice.hub.log;

import io.sluice.config.DataSize;
import io.sluice.config.NamespaceConfig;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Position;
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
     * @param maxMarkers how many read markers are kept; beyond it new ones are not stored
     */
    public record Settings(DataSize memoryLimit, int maxKeys, int maxMarkers) {
        public Settings() {
            this(DataSize.mib(256), 1_000_000, 1_000_000);
        }

        public Settings {
            if (memoryLimit.bytes() < 1 << 20) {
                throw new IllegalArgumentException("memory_limit: must be at least 1MiB");
            }
            if (maxKeys < 1 || maxMarkers < 1) {
                throw new IllegalArgumentException("max_keys, max_markers: must be at least 1");
            }
        }
    }

    private record Reader(String user, ChannelName channel) {}

    private final Settings settings;
    private final EngineContext context;
    private final int generation;
    private final RememberedKeys keys;
    private final AtomicLong used = new AtomicLong();
    private final Map<ChannelName, MemoryChannelLog> logs = new ConcurrentHashMap<>();
    private final Map<Reader, Position> markers = new ConcurrentHashMap<>();

    public MemoryLog(Settings settings, EngineContext context) {
        this.settings = settings;
        this.context = context;
        this.generation = context.random().nextInt();
        this.keys = new RememberedKeys(settings.maxKeys());
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
        for (var log : logs.values()) {
            log.dropAged();
        }
    }

    @Override
    public @Nullable String ailment() {
        return null;
    }

    @Override
    public void marker(String user, ChannelName channel, Consumer<@Nullable Position> marker) {
        marker.accept(markers.get(new Reader(user, channel)));
    }

    @Override
    public void mark(String user, ChannelName channel, Position position, Consumer<Boolean> done) {
        var reader = new Reader(user, channel);
        boolean room = markers.containsKey(reader) || markers.size() < settings.maxMarkers();
        if (room) {
            markers.merge(reader, position, MemoryLog::further);
        }
        done.accept(room);
    }

    /** A marker only moves forward within an epoch. */
    static Position further(Position stored, Position offered) {
        return stored.epoch() == offered.epoch() && stored.offset() > offered.offset() ? stored : offered;
    }

    @Override
    public void close() {
        for (var log : logs.values()) {
            log.close();
        }
        logs.clear();
    }
}
