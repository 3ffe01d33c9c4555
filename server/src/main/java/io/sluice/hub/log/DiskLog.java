package io.sluice.hub.log;

import io.sluice.config.DiskConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.http.Problem;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Epoch;
import io.sluice.hub.HotTail;
import io.sluice.hub.KeyedState;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Publication;
import io.sluice.hub.log.Store.Family;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in one folder of this machine: they survive the process, and where the namespace says so, a power cut.
 *
 * <p>All channels share one store, one write-ahead log and one writer ({@link DiskWriter}); a channel costs no file. Cold
 * reads and openings run on the reader executor. Thread-safe; no method but {@link #close} blocks.
 */
public final class DiskLog implements LogEngine {
    private static final Logger LOG = LoggerFactory.getLogger(DiskLog.class);

    private final DiskShared shared;
    private final Incarnation incarnation;
    private final DiskWriter writer;
    private final KeyedState state;
    private final Map<ChannelName, DiskChannelLog> open = new ConcurrentHashMap<>();
    private final Set<ChannelName> known = ConcurrentHashMap.newKeySet();

    /** @throws StorageUnusable when the data folder is locked, unreadable or damaged */
    public DiskLog(DiskConfig settings, EngineContext context) {
        this(settings, context, context.hub().dataDir(), RocksStore::open);
    }

    DiskLog(DiskConfig settings, EngineContext context, Path folder, Function<Path, ? extends Store> opener) {
        long began = context.clock().nanos();
        var store = opener.apply(folder);
        this.incarnation = begin(store, context, folder);
        this.shared = new DiskShared(
                context.clock(),
                context.hub(),
                store,
                context.reader(),
                new ColdBlocks(store, context.reader(), settings.coldCache().bytes()));
        this.writer = new DiskWriter(
                context.writer(),
                context.clock(),
                store,
                settings.reserve(),
                new Upkeep(context.hub(), store, open, known),
                incarnation.commit());
        this.state = new DiskState(store, writer, context.reader());
        LOG.info(
                "log opened: folder={} found={} channels=~{} publications=~{} ms={}",
                folder,
                incarnation.found(),
                store.estimate(Family.CHANNELS),
                store.estimate(Family.PUBLICATIONS),
                (context.clock().nanos() - began) / 1_000_000);
    }

    private static Incarnation begin(Store store, EngineContext context, Path folder) {
        try {
            return Incarnation.begin(store, context.bootId().get(), context.random());
        } catch (StoreFailed failure) {
            store.close();
            throw new StorageUnusable(folder, String.valueOf(failure.getMessage()), failure);
        }
    }

    @Override
    public String name() {
        return "disk";
    }

    /** What the start found, in words. */
    public String found() {
        return incarnation.found();
    }

    @Override
    public void open(
            ChannelName channel, NamespaceConfig settings, Consumer<ChannelLog> appended, Consumer<Opened> opened) {
        if (!known.add(channel)) {
            throw new IllegalStateException("already open: " + channel);
        }
        Consumer<Problem> refused = problem -> {
            known.remove(channel);
            opened.accept(new Opened.Failed(problem));
        };
        Runnable load = () -> {
            DiskChannelLog log;
            try {
                log = load(channel, settings, appended);
            } catch (StoreFailed failure) {
                refused.accept(DiskChannelLog.unreadable(String.valueOf(failure.getMessage())));
                return;
            }
            open.put(channel, log);
            opened.accept(new Opened.Ready(log));
        };
        writer.submit(new Work.Open(() -> onReader(load, refused), refused));
    }

    private void onReader(Runnable task, Consumer<Problem> refused) {
        try {
            shared.reader().execute(task);
        } catch (RejectedExecutionException full) {
            refused.accept(DiskChannelLog.unreadable("too many reads wait"));
        }
    }

    private DiskChannelLog load(ChannelName channel, NamespaceConfig settings, Consumer<ChannelLog> appended) {
        long epoch = Epoch.of(channel, incarnation.generation(settings.durability()));
        var key = StoreKeys.channel(channel);
        var stored = shared.store().get(Family.CHANNELS, key);
        var state = stored == null ? ChannelState.EMPTY : ChannelState.decode(stored);
        var tail = tail(channel, epoch, settings, state);
        return new DiskChannelLog(channel, epoch, settings, appended, shared, writer, tail, state);
    }

    /** The newest publications, as many as may stay in memory. */
    private HotTail tail(ChannelName channel, long epoch, NamespaceConfig settings, ChannelState state) {
        int maxMessages = Math.min(shared.hub().tailMessages(), settings.maxMessages());
        long maxBytes = shared.hub().tailBytes().bytes();
        var newestFirst = new ArrayList<Publication>();
        var bytes = new long[1];
        var key = StoreKeys.channel(channel);
        if (state.oldest() <= state.newest()) {
            shared.store()
                    .scanBackwards(
                            Family.PUBLICATIONS,
                            StoreKeys.publication(key, state.oldest()),
                            StoreKeys.publication(key, state.newest() + 1),
                            (name, value) -> {
                                var publication =
                                        PublicationFormat.decode(channel, epoch, StoreKeys.offset(name), value);
                                newestFirst.add(publication);
                                bytes[0] += publication.weight();
                                return newestFirst.size() < maxMessages && bytes[0] < maxBytes;
                            });
        }
        var tail = new HotTail(state.newest() - newestFirst.size(), maxMessages, maxBytes);
        newestFirst.reversed().forEach(tail::add);
        return tail;
    }

    @Override
    public boolean evict(ChannelLog log) {
        if (!(log instanceof DiskChannelLog own) || !own.closeIfIdle()) {
            return false;
        }
        open.remove(own.name(), own);
        known.remove(own.name());
        return true;
    }

    @Override
    public void sweep() {
        writer.sweep();
    }

    @Override
    public @Nullable String ailment() {
        return writer.ailment();
    }

    @Override
    public KeyedState state() {
        return state;
    }

    @Override
    public void close() {
        writer.close();
        open.values().forEach(DiskChannelLog::close);
        shared.blocks().close();
    }
}
