package io.sluice.hub;

import io.sluice.observe.Metrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the hub counts. Counters are bumped on hot paths and read by whoever exports them; all methods are thread-safe and
 * allocate nothing.
 */
public final class HubMetrics {
    private final LongAdder publications = new LongAdder();
    private final LongAdder replays = new LongAdder();
    private final LongAdder refusals = new LongAdder();
    private final LongAdder deliveries = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder signals = new LongAdder();
    private final Map<String, LongAdder> opened = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> closed = new ConcurrentHashMap<>();

    /**
     * Shows these numbers to scrapers; called once.
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
    }

    void published() {
        publications.increment();
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

    /** Sessions of {@code transport} closed since the start. */
    public long sessionsClosed(String transport) {
        return of(closed, transport).sum();
    }
}
