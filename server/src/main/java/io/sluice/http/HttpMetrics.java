package io.sluice.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.sluice.observe.Metrics;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts exchanges, refusals and cut connections. Thread-safe.
 *
 * <p>Every label comes from a closed list: the routes as they were added, the known methods, the classes of status codes,
 * {@link ClientError} and {@link Abuse}. What a client makes up is {@code none} or {@code other}.
 */
public final class HttpMetrics implements ExchangeObserver {
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");
    /** By a status's first digit; 0 is a peer that went before it was answered. */
    private static final String[] CLASSES = {"gone", "1xx", "2xx", "3xx", "4xx", "5xx"};

    private static final Duration[] BUCKETS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60)
    };

    private final Metrics metrics;
    private final AtomicInteger active = new AtomicInteger();
    /** As many entries as there are routes, times methods. */
    private final Map<String, Meters[]> byRoute = new ConcurrentHashMap<>();

    private final Map<ClientError, Counter> refusals = new EnumMap<>(ClientError.class);
    private final Map<Abuse, Counter> cuts = new EnumMap<>(Abuse.class);

    public HttpMetrics(Metrics metrics) {
        this.metrics = metrics;
        metrics.gauge(
                "sluice_http_exchanges",
                "Requests that have not ended yet, streams included",
                active,
                Number::doubleValue);
        for (var error : ClientError.values()) {
            refusals.put(
                    error,
                    metrics.counter(
                            "sluice_http_refusals_total", "Requests answered with a problem", "code", error.code()));
        }
        for (var abuse : Abuse.values()) {
            cuts.put(
                    abuse,
                    metrics.counter(
                            "sluice_http_cuts_total",
                            "Connections ended and streams reset to protect the others",
                            "reason",
                            abuse.code()));
        }
    }

    /** Also shows how many connections {@code server} has. */
    public void watch(HttpServer server) {
        metrics.gauge("sluice_http_connections", "Open connections", server, HttpServer::openConnections);
    }

    @Override
    public void started(HttpExchange exchange) {
        active.incrementAndGet();
    }

    @Override
    public void finished(HttpExchange exchange, int status, long bodyBytes, long durationNanos) {
        active.decrementAndGet();
        int method = METHODS.indexOf(exchange.method());
        var meters = meters(exchange.route(), method < 0 ? METHODS.size() : method);
        meters.byClass[Math.clamp(status / 100, 0, 5)].increment();
        meters.time.record(Duration.ofNanos(durationNanos));
    }

    @Override
    public void refused(HttpExchange exchange, ClientError error) {
        count(refusals.get(error));
    }

    @Override
    public void cut(Abuse abuse, @Nullable SocketAddress peer) {
        count(cuts.get(abuse));
    }

    @Override
    public void misled(String why, @Nullable SocketAddress proxy) {
        count(cuts.get(Abuse.BAD_PROXY_HEADER));
    }

    /** Runs {@code each} with every problem that was ever answered with, and how often. */
    public void forEachRefusal(ObjLongConsumer<ClientError> each) {
        refusals.forEach((error, counter) -> {
            long times = (long) counter.count();
            if (times > 0) {
                each.accept(error, times);
            }
        });
    }

    private static void count(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }

    private Meters meters(String route, int method) {
        var ofRoute = byRoute.computeIfAbsent(route, r -> new Meters[METHODS.size() + 1]);
        var known = ofRoute[method];
        if (known == null) {
            // Two loops may make the same at once: the registry gives both the same meters.
            known = declare(route, method < METHODS.size() ? METHODS.get(method) : "other");
            ofRoute[method] = known;
        }
        return known;
    }

    private Meters declare(String route, String method) {
        var byClass = new Counter[CLASSES.length];
        for (int i = 0; i < CLASSES.length; i++) {
            byClass[i] = metrics.counter(
                    "sluice_http_requests_total",
                    "Requests that have ended",
                    "route",
                    route,
                    "method",
                    method,
                    "code_class",
                    CLASSES[i]);
        }
        var time = metrics.timer(
                "sluice_http_request_seconds",
                "From a request's head to the end of its response; streams count when they end",
                BUCKETS,
                "route",
                route,
                "method",
                method);
        return new Meters(byClass, time);
    }

    private record Meters(Counter[] byClass, Timer time) {}
}
