package io.sluice.admin;

import io.micrometer.core.instrument.Timer;
import io.sluice.http.HttpMetrics;
import io.sluice.http.HttpServer;
import io.sluice.hub.Hub;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a server can say of itself at one moment. Everything that is counted is the sum since the start, so that whoever has two of
 * these has the rates and percentiles of the time between them, whatever was lost in between.
 *
 * @param sessions open now, by transport
 * @param behind readers that had not taken what came before when something came
 * @param lag how many publications the last of them was behind
 * @param refusals problems and error replies, by code
 * @param disconnects sessions that the server ended, by reason
 * @param publish from a publish to its answer
 * @param fanout from when a publication can be read to when the readers of one loop were handed it
 */
record Figures(
        Server server,
        Map<String, Long> sessions,
        int connections,
        int channels,
        int behind,
        long lag,
        Counted total,
        Map<String, Long> refusals,
        Map<String, Long> disconnects,
        Latency publish,
        Latency fanout,
        List<Hub.EngineHealth> engines) {
    private static final Latency UNMEASURED = new Latency(List.of(), List.of(), 0);

    /** @param cpu the process's share of the machine, 0 to 1; negative where that is not known */
    record Server(
            String version,
            Instant started,
            boolean draining,
            double cpu,
            int processors,
            long heapBytes,
            long heapMaxBytes) {}

    record Counted(long publications, long deliveries, long signals, long gaps, long replays, long publishRefusals) {}

    /**
     * A histogram.
     *
     * @param within upper bounds of its buckets in seconds, ascending
     * @param counts how many took at most so long
     * @param count how many there were, those beyond the last bound included
     */
    record Latency(List<Double> within, List<Long> counts, long count) {}

    static Figures of(Hub hub, HttpMetrics http, HttpServer edge, boolean draining) {
        var metrics = hub.metrics();
        var channels = hub.openChannels();
        return new Figures(
                server(draining),
                metrics.sessions(),
                edge.openConnections(),
                channels.size(),
                channels.stream().mapToInt(channel -> channel.behind()).sum(),
                channels.stream().mapToLong(channel -> channel.lag()).max().orElse(0),
                new Counted(
                        metrics.publications(),
                        metrics.deliveries(),
                        metrics.signals(),
                        metrics.gaps(),
                        metrics.replays(),
                        metrics.refusals()),
                refusals(hub, http),
                disconnects(hub),
                latency(metrics.publishTime()),
                latency(metrics.fanoutTime()),
                hub.engineHealth());
    }

    private static Server server(boolean draining) {
        var version = Figures.class.getPackage().getImplementationVersion();
        var memory = Runtime.getRuntime();
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        return new Server(
                version == null ? "unreleased" : version,
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()),
                draining,
                system.getProcessCpuLoad(),
                memory.availableProcessors(),
                memory.totalMemory() - memory.freeMemory(),
                memory.maxMemory());
    }

    private static Map<String, Long> refusals(Hub hub, HttpMetrics http) {
        var counts = new TreeMap<String, Long>();
        http.forEachRefusal((error, times) -> counts.merge(error.code(), times, Long::sum));
        hub.refusals().forEach((error, times) -> counts.merge(error.code(), times, Long::sum));
        return counts;
    }

    private static Map<String, Long> disconnects(Hub hub) {
        var counts = new TreeMap<String, Long>();
        hub.refusals().forEachDisconnect((why, times) -> counts.put(why.name().toLowerCase(Locale.ROOT), times));
        return counts;
    }

    private static Latency latency(@Nullable Timer timer) {
        if (timer == null) {
            return UNMEASURED;
        }
        var snapshot = timer.takeSnapshot();
        var within = new ArrayList<Double>();
        var counts = new ArrayList<Long>();
        for (var bucket : snapshot.histogramCounts()) {
            within.add(
                    bucket.bucket(TimeUnit.NANOSECONDS) / Duration.ofSeconds(1).toNanos());
            counts.add((long) bucket.count());
        }
        return new Latency(within, counts, snapshot.count());
    }
}
