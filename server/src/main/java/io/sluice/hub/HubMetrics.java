package io.sluice.hub;

import io.sluice.observe.Metrics;
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
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();

    /** Shows these numbers to scrapers; called once. */
    public void export(Metrics metrics, Hub hub) {
        metrics.count("sluice_hub_publications_total", "Publications stored", publications);
        metrics.count("sluice_hub_publish_replays_total", "Publishes answered from their key", replays);
        metrics.count("sluice_hub_publish_refusals_total", "Publishes refused", refusals);
        metrics.count("sluice_hub_deliveries_total", "Publications handed to streaming readers", deliveries);
        metrics.count("sluice_hub_gaps_total", "Gaps told to readers", gaps);
        metrics.count("sluice_hub_signals_total", "Signals taken", signals);
        metrics.count("sluice_hub_sessions_opened_total", "Sessions opened", opened);
        metrics.count("sluice_hub_sessions_closed_total", "Sessions closed", closed);
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

    void sessionOpened() {
        opened.increment();
    }

    void sessionClosed() {
        closed.increment();
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

    /** Sessions opened since the start. */
    public long sessionsOpened() {
        return opened.sum();
    }

    /** Sessions closed since the start. */
    public long sessionsClosed() {
        return closed.sum();
    }
}
