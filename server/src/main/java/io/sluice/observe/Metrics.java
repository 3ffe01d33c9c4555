package io.sluice.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The registry of everything that is counted, and its text for scrapers.
 *
 * <p>Planes declare their meters once, in a class of their own ({@code HubMetrics}), and keep the returned objects: nothing
 * is looked up by name when it is counted. Names are {@code sluice_<plane>_<thing>_<unit>} in seconds and bytes; labels come
 * from closed lists. A name or label that breaks the rule is a bug and is thrown at start. Thread-safe.
 */
public final class Metrics implements AutoCloseable {
    /** What scraping yields by default. */
    public static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    /** What scraping yields to who accepts it. */
    public static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final Pattern NAME = Pattern.compile("sluice_[a-z0-9]+(_[a-z0-9]+)+");
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z_]*");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    /** The registry holds them weakly. */
    private final List<LongAdder> sources = new CopyOnWriteArrayList<>();

    /**
     * A counter.
     *
     * @param name as it is scraped, with {@code _total} at its end
     * @param labels names and values in turn
     */
    public Counter counter(String name, String help, String... labels) {
        require(name.endsWith("_total"), name, "a counter ends in _total");
        return Counter.builder(checked(name, labels))
                .description(help)
                .tags(labels)
                .register(registry);
    }

    /** A counter that somebody else counts: read when it is scraped, held strongly. */
    public void count(String name, String help, LongAdder source, String... labels) {
        require(name.endsWith("_total"), name, "a counter ends in _total");
        FunctionCounter.builder(checked(name, labels), source, LongAdder::sum)
                .description(help)
                .tags(labels)
                .register(registry);
        sources.add(source);
    }

    /** A gauge that is read when it is scraped, from any thread; {@code source} is held strongly. */
    public <T> void gauge(String name, String help, T source, ToDoubleFunction<T> reading, String... labels) {
        require(!name.endsWith("_total"), name, "a gauge does not end in _total");
        Gauge.builder(checked(name, labels), source, reading)
                .description(help)
                .tags(labels)
                .strongReference(true)
                .register(registry);
    }

    /** Durations, with a histogram over {@code buckets}. */
    public Timer timer(String name, String help, Duration[] buckets, String... labels) {
        require(name.endsWith("_seconds"), name, "a timer ends in _seconds");
        // The registry adds the unit itself.
        return Timer.builder(checked(name, labels).replaceFirst("_seconds$", ""))
                .description(help)
                .tags(labels)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    /** Sizes in bytes. */
    public DistributionSummary sizes(String name, String help, String... labels) {
        require(name.endsWith("_bytes"), name, "a size ends in _bytes");
        return DistributionSummary.builder(checked(name, labels))
                .description(help)
                .tags(labels)
                .register(registry);
    }

    /** Adds what the JVM and the process tell about themselves. Cheap: read when scraped. */
    public void observeProcess() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        gc.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /**
     * Everything, as text. Takes milliseconds: call it off the event loops.
     *
     * @param accept the scraper's {@code Accept}, or null
     */
    public Scrape scrape(@Nullable String accept) {
        boolean open = accept != null && accept.contains("application/openmetrics-text");
        return open
                ? new Scrape(OPEN_METRICS, registry.scrape(OPEN_METRICS))
                : new Scrape(PROMETHEUS, registry.scrape(PROMETHEUS));
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }

    /** The text of one scrape and its media type. */
    public record Scrape(String contentType, String text) {}

    private static String checked(String name, String... labels) {
        require(NAME.matcher(name).matches(), name, "must be sluice_<plane>_<thing>_<unit>");
        require(labels.length % 2 == 0, name, "labels come in pairs");
        for (int i = 0; i < labels.length; i += 2) {
            require(LABEL.matcher(labels[i]).matches(), name, "label '" + labels[i] + "' must be lower case");
        }
        return name;
    }

    private static void require(boolean holds, String name, String rule) {
        if (!holds) {
            throw new IllegalStateException("metric " + name + ": " + rule);
        }
    }
}
