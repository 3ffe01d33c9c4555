package io.sluice.hub;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open channels of this server: opens a channel's log when somebody first uses it and evicts it when nobody has for a
 * minute. Thread-safe.
 */
final class Channels {
    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);
    private static final long IDLE_NANOS = Duration.ofMinutes(1).toNanos();

    private final HubConfig config;
    private final Map<String, LogEngine> engines;
    private final int loops;
    private final Clock clock;
    private final ByteBufAllocator allocator;
    private final HubMetrics metrics;
    private final Map<ChannelName, Slot> slots = new ConcurrentHashMap<>();
    private final Round<Slot> round = new Round<>(slots.values());

    Channels(
            HubConfig config,
            Map<String, LogEngine> engines,
            int loops,
            Clock clock,
            ByteBufAllocator allocator,
            HubMetrics metrics) {
        this.config = config;
        this.engines = Map.copyOf(engines);
        this.loops = loops;
        this.clock = clock;
        this.allocator = allocator;
        this.metrics = metrics;
    }

    /**
     * Gives the channel, held for the caller who must {@link HubChannel#release} it, or why it cannot be opened. {@code
     * result} runs once, on any thread, perhaps before this returns.
     */
    void acquire(ChannelName name, Consumer<Outcome<HubChannel>> result) {
        var slot = slots.get(name);
        if (slot == null) {
            if (slots.size() >= config.maxChannels()) {
                result.accept(new Outcome.Refused<>(Problem.of(
                                ClientError.OVERLOADED, "no more than " + config.maxChannels() + " channels are open")
                        .with("limit", config.maxChannels())
                        .retryAfter(Duration.ofSeconds(30))));
                return;
            }
            var fresh = new Slot(name);
            slot = slots.putIfAbsent(name, fresh);
            if (slot == null) {
                slot = fresh;
                open(fresh);
            }
        }
        slot.whenOpen(result);
    }

    /** The channel if it is open now, without holding it: for counting, not for use. */
    @Nullable
    HubChannel peek(ChannelName name) {
        var slot = slots.get(name);
        return slot == null ? null : slot.channel;
    }

    /** Those of clients; the servers' own are nobody's business. */
    Collection<HubChannel> open() {
        var open = new ArrayList<HubChannel>();
        for (var slot : slots.values()) {
            var channel = slot.channel;
            if (channel != null && !channel.name().isInternal()) {
                open.add(channel);
            }
        }
        return open;
    }

    int count() {
        return slots.size();
    }

    NamespaceConfig settings(ChannelName name) {
        return config.namespace(name.namespace());
    }

    /** Evicts what has been idle. Called about once a second, never twice at once. */
    void sweep(long nowNanos) {
        round.visit(slot -> {
            var channel = slot.channel;
            if (channel != null && channel.idleNanos(nowNanos) >= IDLE_NANOS) {
                slot.evict(channel);
            }
        });
    }

    private void open(Slot slot) {
        var settings = settings(slot.name);
        engine(settings).open(slot.name, settings, slot::appended, opened -> {
            switch (opened) {
                case LogEngine.Opened.Ready(var log) -> {
                    var fanOut = new FanOut(log, loops, config.batchWindow().toNanos(), allocator, metrics);
                    var presence = new Presence(config.presenceGrace().toNanos());
                    slot.ready(new HubChannel(log, settings, fanOut, presence, clock.nanos()));
                }
                case LogEngine.Opened.Failed(var problem) -> {
                    slots.remove(slot.name, slot);
                    slot.failed(problem);
                }
            }
        });
    }

    private LogEngine engine(NamespaceConfig settings) {
        var engine = engines.get(settings.engine());
        if (engine == null) {
            throw new IllegalStateException("engine " + settings.engine() + " was not started");
        }
        return engine;
    }

    /** A channel that is open or being opened, with those who wait for it. */
    private final class Slot {
        final ChannelName name;
        volatile @Nullable HubChannel channel;
        private @Nullable Problem failure;
        private List<Consumer<Outcome<HubChannel>>> waiting = new ArrayList<>();
        /** Everybody who came before it was open has been told: who comes now does not overtake them. */
        private boolean settled;

        Slot(ChannelName name) {
            this.name = name;
        }

        void whenOpen(Consumer<Outcome<HubChannel>> result) {
            synchronized (this) {
                if (!settled) {
                    waiting.add(result);
                    return;
                }
            }
            tell(result);
        }

        void ready(HubChannel opened) {
            channel = opened;
            tellAll();
        }

        synchronized void fail(Problem problem) {
            failure = problem;
        }

        void failed(Problem problem) {
            fail(problem);
            tellAll();
        }

        void appended(ChannelLog log) {
            var open = channel;
            if (open != null) {
                open.fanOut().deliver();
            }
        }

        private void tellAll() {
            for (var next = nextWaiting(); !next.isEmpty(); next = nextWaiting()) {
                for (var result : next) {
                    try {
                        tell(result);
                    } catch (
                            RuntimeException
                                    bug) { // theirs; those who wait behind it wait for the channel, not for them
                        LOG.error("who waited for a channel failed", bug);
                    }
                }
            }
        }

        private synchronized List<Consumer<Outcome<HubChannel>>> nextWaiting() {
            var all = waiting;
            waiting = new ArrayList<>();
            settled = all.isEmpty();
            return all;
        }

        private void tell(Consumer<Outcome<HubChannel>> result) {
            var open = channel;
            if (open == null) {
                Problem why;
                synchronized (this) {
                    why = failure;
                }
                result.accept(new Outcome.Refused<>(
                        why != null ? why : Problem.of(ClientError.INTERNAL, "the channel did not open")));
            } else if (open.acquire()) {
                result.accept(new Outcome.Done<>(open));
            } else {
                whenEvicted();
                Channels.this.acquire(name, result);
            }
        }

        /** Lets go of the channel unless somebody holds it. Whoever comes meanwhile waits: only so does it open another one. */
        synchronized void evict(HubChannel idle) {
            if (!idle.tryEvict()) {
                return;
            }
            if (engine(idle.settings()).evict(idle.log())) {
                slots.remove(name, this);
            } else {
                idle.unevict();
            }
        }

        /** Returns when the {@link #evict} that is under way, which waits for nothing, has come to its end. */
        private synchronized void whenEvicted() {
            slots.computeIfPresent(
                    name, (same, slot) -> slot == this && channel != null && channel.isEvicted() ? null : slot);
        }
    }
}
