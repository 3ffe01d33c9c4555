package io.sluice.hub;

import io.micrometer.core.instrument.Timer;
import io.sluice.observe.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What the hub counts. Counters are bumped on hot paths and read by whoever exports them; all methods are thread-safe and
 * allocate nothing.
 */
public final class HubMetrics {
    /** From what memory does to what a disk under strain does. */
    private static final Duration[] BUCKETS = LongStream.of(
                    50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000,
                    30_000, 50_000, 75_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000)
            .mapToObj(micros -> Duration.ofNanos(1_000 * micros))
            .toArray(Duration[]::new);

    private final LongAdder publications = new LongAdder();
    private final LongAdder replays = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder signals = new LongAdder();
    private final Map<String, LongAdder> opened = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> closed = new ConcurrentHashMap<>();
    /** Null where nobody exports them. */
    private @Nullable Timer publishTime;

    private @Nullable Timer fanoutTime;

    /**
     * Shows these numbers to scrapers; called once, before anybody publishes.
     *
     * @param transports the names under which sessions are counted
     */
    public void export(Metrics metrics, Hub hub, List<String> transports) {
        metrics.count("sluice_hub_publications_total", "Publications stored", publications);
        metrics.count("sluice_hub_publish_replays_total", "Publishes answered from their key", replays);
        metrics.count("sluice_hub_publish_refusals_total", "Publishes refused", refusals);
        metrics.count("sluice_hub_deliveries_total", "Publications handed to streaming readers", deliveries);
        metrics.count("sluice_hub_gaps_total", "Gaps told to readers", gaps);
        metrics.count("sluice_hub_signals_total", "Signals taken", signals);
        for (var transport : transports) {
            metrics.count(
                    "sluice_hub_sessions_opened_total",
                    "Sessions opened",
                    of(opened, transport),
                    "transport",
                    transport);
            metrics.count(
                    "sluice_hub_sessions_closed_total",
                    "Sessions closed",
                    of(closed, transport),
                    "transport",
                    transport);
        }
        publishTime = metrics.timer(
                "sluice_hub_publish_seconds",
                "From a publish to its answer, once it is as durable as promised",
                BUCKETS);
        fanoutTime = metrics.timer(
                "sluice_hub_fanout_seconds",
                "From when a publication can be read to when the channel's readers on one loop were handed it",
                BUCKETS);
        hub.refusals().export(metrics);
        metrics.gauge(
                "sluice_hub_sessions",
                "Sessions open now",
                hub,
                h -> h.sessions().count());
        metrics.gauge(
                "sluice_hub_channels",
                "Channels open now",
                hub,
                h -> h.openChannels().size());
        metrics.gauge(
                "sluice_hub_readers_behind",
                "Readers whose peers had not taken what came before when a publication came",
                hub,
                h -> h.openChannels().stream().mapToInt(HubChannel::behind).sum());
        metrics.gauge(
                "sluice_hub_lag_publications",
                "How far the last of them was behind",
                hub,
                h -> h.openChannels().stream().mapToLong(HubChannel::lag).max().orElse(0));
    }

    /** @param nanos from the publish to its answer */
    void published(long nanos) {
        publications.increment();
        if (publishTime != null) {
            publishTime.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** @param nanos from when a publication became visible to when the readers of one loop were handed it */
    void fannedOut(long nanos) {
        if (fanoutTime != null) {
            fanoutTime.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    void replayed() {
        replays.increment();
    }

    void refused() {
        refusals.increment();
    }

    void delivered(long count) {
        deliveries.add(count);
    }

    void gap() {
        gaps.increment();
    }

    void signal() {
        signals.increment();
    }

    void sessionOpened(String transport) {
        of(opened, transport).increment();
    }

    void sessionClosed(String transport) {
        of(closed, transport).increment();
    }

    private static LongAdder of(Map<String, LongAdder> counters, String transport) {
        var counter = counters.get(transport);
        return counter != null ? counter : counters.computeIfAbsent(transport, name -> new LongAdder());
    }

    /** Publications stored. */
    public long publications() {
        return publications.sum();
    }

    /** Publishes that were answered from their idempotency key. */
    public long replays() {
        return replays.sum();
    }

    /** Publishes refused. */
    public long refusals() {
        return refusals.sum();
    }

    /** Publications handed to streaming readers. */
    public long deliveries() {
        return deliveries.sum();
    }

    /** Gaps told. */
    public long gaps() {
        return gaps.sum();
    }

    /** Signals taken. */
    public long signals() {
        return signals.sum();
    }

    /** Sessions of {@code transport} opened since the start. */
    public long sessionsOpened(String transport) {
        return of(opened, transport).sum();
    }

    /** Sessions open now, by transport: those that were ever used. */
    public Map<String, Long> sessions() {
        var open = new TreeMap<String, Long>();
        opened.forEach((transport, count) -> {
            long began = count.sum();
            if (began > 0) {
                open.put(transport, Math.max(0, began - sessionsClosed(transport)));
            }
        });
        return open;
    }

    /** How long publishes take; null where nobody exports it. */
    public @Nullable Timer publishTime() {
        return publishTime;
    }

    /** How long readers wait for what is stored; null where nobody exports it. */
    public @Nullable Timer fanoutTime() {
        return fanoutTime;
    }

    /** Sessions of {@code transport} closed since the start. */
    public long sessionsClosed(String transport) {
        return of(closed, transport).sum();
    }
}
