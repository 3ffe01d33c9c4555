package io.sluice;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.admin.DemoPages;
import io.sluice.admin.WebPages;
import io.sluice.auth.Authenticators;
import io.sluice.auth.BackendCallback;
import io.sluice.auth.OriginPolicy;
import io.sluice.auth.Revocations;
import io.sluice.auth.Tickets;
import io.sluice.config.AuthConfig;
import io.sluice.config.Config;
import io.sluice.config.ConfigException;
import io.sluice.config.ConfigException.Problem;
import io.sluice.config.HubConfig;
import io.sluice.config.LimitsConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.http.CorsSettings;
import io.sluice.http.ExchangeLog;
import io.sluice.http.ExchangeObserver;
import io.sluice.http.HttpMetrics;
import io.sluice.http.HttpRoutes;
import io.sluice.http.HttpServer;
import io.sluice.http.HttpSettings;
import io.sluice.http.Proxies;
import io.sluice.http.RefusalLog;
import io.sluice.hub.Callers;
import io.sluice.hub.Gate;
import io.sluice.hub.Hub;
import io.sluice.hub.HubMetrics;
import io.sluice.hub.InternalChannels;
import io.sluice.hub.KeyedState;
import io.sluice.hub.LogEngine;
import io.sluice.hub.ReadMarkers;
import io.sluice.hub.api.ApiRoutes;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.Engines;
import io.sluice.hub.transport.Transport;
import io.sluice.hub.transport.Transports;
import io.sluice.limit.ConnectionCaps;
import io.sluice.limit.Limits;
import io.sluice.limit.MemoryUse;
import io.sluice.net.Clock;
import io.sluice.net.DrainSignal;
import io.sluice.net.EventLoops;
import io.sluice.net.Listener;
import io.sluice.net.TlsCertificates;
import io.sluice.observe.AccessLog;
import io.sluice.observe.Metrics;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The wiring page: every long-lived object is built here, in start order, and taken down in reverse. Nothing here decides
 * anything; to learn who knows whom, read the constructor from top to bottom.
 *
 * <p>Life: construct (no sockets), {@link #bind}, {@link #serve}, {@link #drain}, {@link #close}. One thread drives it.
 */
public final class Edge implements AutoCloseable {
    private static final int COLD_READERS = 2;
    private static final int COLD_READ_QUEUE = 10_000;
    private static final int REVOCATIONS_TIMEOUT_SECONDS = 15;

    private final RunningConfig config;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    /** Readiness fails; everything else goes on. */
    private final DrainSignal leaving = new DrainSignal();

    private final DrainSignal draining = new DrainSignal();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final EventLoops loops;
    private final Limits limits;
    private final Hub hub;
    private final CompletableFuture<Void> revocationsRead;
    private final @Nullable TlsCertificates certificates;
    private final List<Transport> transports = new ArrayList<>();
    private final HttpServer edgeServer;
    private final AdminPlane admin;
    private @Nullable Listener edgeListener;
    private @Nullable Listener adminListener;

    public Edge(Config config, Clock clock) {
        this(config, () -> config, clock, Map.of());
    }

    /**
     * @param again reads the configuration anew when a reload is asked for; throws {@link ConfigException}
     * @param more running engines besides those of the list, by the name that namespaces say; they outlive this edge
     */
    public Edge(Config config, Supplier<Config> again, Clock clock, Map<String, LogEngine> more) {
        var running = new RunningConfig(config, again);
        this.config = running;
        var problems = Engines.problems(config.hub(), more.keySet());
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        var allocator = ByteBufAllocator.DEFAULT;
        try {
            var metrics = started(new Metrics());
            metrics.observeProcess();
            var hubMetrics = new HubMetrics();
            loops = started(new EventLoops(loopSettings(config), clock));
            var auth = config.auth();
            var hubConfig = InternalChannels.reserve(
                    config.hub(), List.of(Revocations.channel(auth), Tickets.secrets(), Tickets.uses(auth)));
            var engines = engines(hubConfig, more, clock);
            limits = new Limits(limits(config), clock, new SecureRandom(), MemoryUse.ofProcess());
            limits.export(metrics);
            var revocations = new Revocations(clock, auth.revocationMemory(), auth.maxRevocations());
            var gate = new Gate(
                    clock,
                    started(BackendCallback.of(auth.callback(), clock)),
                    auth.mode() == AuthConfig.Mode.JWT ? revocations : null,
                    auth.expiryWarning());
            hub = new Hub(hubConfig, loops.loops(), engines, gate, clock, new SecureRandom(), hubMetrics, allocator);
            hubMetrics.export(
                    metrics,
                    hub,
                    Transports.ALL.stream().map(Transports.Type::name).toList());
            revocationsRead = revocations.follow(hub.internal(Revocations.channel(auth)), hub.sessions()::revoke);
            var tickets = Tickets.of(
                    auth, clock, new SecureRandom(), hub.internal(Tickets.secrets()), hub.internal(Tickets.uses(auth)));
            var origins = new OriginPolicy(running.each(now -> now.edge().allowedOrigins()));
            var authenticator = started(Authenticators.of(auth, origins, tickets, revocations, limits, clock));
            running.onChange(now -> authenticator.become(now.auth()));
            running.onChange(now -> limits.become(limits(now)));
            var callers = new Callers(authenticator, limits);
            var markers = new ReadMarkers(hub);

            var routes = new HttpRoutes();
            var context = new Transports.Context(
                    hub,
                    callers,
                    markers,
                    config.edge(),
                    origins,
                    running.each(Config::webhooks),
                    lasting(engines),
                    loops.loops(),
                    allocator,
                    draining::hasBegun);
            for (var type : Transports.ALL) {
                var transport = started(type.constructor().create(context));
                transport.addTo(routes);
                transport.export(metrics);
                transports.add(transport);
                leaving.onDrain(transport::leaving);
            }
            var api = new ApiRoutes.Context(hub, callers, markers, allocator);
            var json = routes.producing("application/json");
            ApiRoutes.ALL.forEach(route -> route.addTo(json, api));
            if (config.edge().demo()) {
                new WebPages(DemoPages.FILES, DemoPages.OPTIONAL, DemoPages.POLICY).addTo(routes);
            }
            var httpMetrics = new HttpMetrics(metrics);
            certificates = certificates(config, clock);
            var caps = new ConnectionCaps(limits);
            edgeServer = new HttpServer(
                    routes,
                    httpSettings(
                            config,
                            new CorsSettings(running.each(now -> now.edge().allowedOrigins()))),
                    clock,
                    observers(config, httpMetrics, caps, clock),
                    caps,
                    certificates);
            httpMetrics.watch(edgeServer);

            admin = started(new AdminPlane(
                    new AdminPlane.Watched(
                            hub,
                            edgeServer,
                            httpMetrics,
                            metrics,
                            revocations,
                            tickets,
                            leaving::hasBegun,
                            this::drainInBackground,
                            running::reload),
                    loops.loops(),
                    clock,
                    allocator));
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** What is wrong with a valid configuration by the lists that only this page reads. */
    public static List<Problem> problems(Config config) {
        return Engines.problems(config.hub(), Set.of());
    }

    /** Opens all sockets: the edge's and the admin's. Throws UncheckedIOException when one cannot be had. */
    public void bind() {
        awaitRevocations();
        edgeListener = listen(config.now().edge().host(), config.now().edge().port(), edgeServer);
        adminListener = listen(config.now().admin().host(), config.now().admin().port(), admin.server());
    }

    /** Whoever was revoked before this start must not come in. */
    private void awaitRevocations() {
        try {
            revocationsRead.get(REVOCATIONS_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("interrupted while reading the revocations"));
        } catch (ExecutionException | TimeoutException unread) {
            throw new UncheckedIOException(new IOException(
                    "the revocations could not be read from the engine of the namespace default within "
                            + REVOCATIONS_TIMEOUT_SECONDS + " s",
                    unread));
        }
    }

    /** Begins the housekeeping of a running server, and what transports do unasked. */
    public void serve() {
        transports.forEach(Transport::start);
        var sweeper = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("sluice-sweep").daemon().factory());
        started(sweeper::shutdownNow);
        sweeper.scheduleWithFixedDelay(hub::sweep, 1, 1, TimeUnit.SECONDS);
        if (certificates != null) {
            sweeper.scheduleWithFixedDelay(certificates::look, 1, 1, TimeUnit.SECONDS);
        }
        sweeper.scheduleWithFixedDelay(limits.admission()::sweep, 1, 1, TimeUnit.SECONDS);
        sweeper.scheduleWithFixedDelay(admin::tell, 1, 1, TimeUnit.SECONDS);
    }

    /**
     * Lets clients go: readiness fails, and after {@code edge.drain_delay} new connections are refused, every session is asked
     * to come back elsewhere at a time of its own, and what is under way may finish within {@code grace}.
     */
    public void drain(Duration grace) {
        leaving.begin();
        awaitBalancers();
        draining.begin();
        if (edgeListener != null) {
            edgeListener.close();
        }
        hub.sessions().drain(grace.dividedBy(2));
        edgeServer.drain();
        hub.sessions().awaitNone(grace);
    }

    /** Gives balancers the time to see that readiness fails; a close ends the wait. */
    private void awaitBalancers() {
        var delay = config.now().edge().drainDelay();
        if (edgeListener == null || delay.isZero()) {
            return;
        }
        try {
            closed.await(delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes down what was started, in reverse. Idempotent. */
    @Override
    public void close() {
        closed.countDown();
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception failure) {
                org.slf4j.LoggerFactory.getLogger(Edge.class).warn("a part did not close", failure);
            }
        }
    }

    /** What was bound, as URLs: the edge first, then admin. */
    public List<String> addresses() {
        var addresses = new ArrayList<String>();
        if (edgeListener != null) {
            addresses.add((config.now().edge().tls() == null ? "http://" : "https://") + printed(edgeListener));
        }
        if (adminListener != null) {
            addresses.add("http://" + printed(adminListener));
        }
        return addresses;
    }

    /** The hub, for tests and embedders. */
    public Hub hub() {
        return hub;
    }

    private void drainInBackground() {
        if (!leaving.hasBegun()) {
            Thread.ofVirtual()
                    .name("sluice-drain")
                    .start(() -> drain(config.now().edge().drainGrace()));
        }
    }

    private Map<String, LogEngine> engines(HubConfig hubConfig, Map<String, LogEngine> more, Clock clock) {
        ExecutorService writer = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("sluice-log-writer").factory());
        ExecutorService reader = new ThreadPoolExecutor(
                COLD_READERS,
                COLD_READERS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(COLD_READ_QUEUE),
                Thread.ofPlatform().name("sluice-log-reader-", 0).daemon().factory());
        started(reader::shutdownNow);
        started(writer);
        var context = EngineContext.of(clock, hubConfig, writer, reader);
        var wanted = hubConfig.namespaces().values().stream()
                .map(NamespaceConfig::engine)
                .distinct()
                .toList();
        Map<String, LogEngine> engines = new HashMap<>(more);
        for (var type : Engines.ALL) {
            if (wanted.contains(type.name())) {
                engines.put(type.name(), started(type.start(context)));
            }
        }
        return engines;
    }

    /** What belongs to no channel is kept by the last engine of the list that runs: the one that keeps most. */
    private static KeyedState lasting(Map<String, LogEngine> engines) {
        return Stream.concat(
                        Engines.ALL.reversed().stream().map(type -> engines.get(type.name())),
                        engines.values().stream())
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow()
                .state();
    }

    private Listener listen(String host, int port, HttpServer server) {
        try {
            return started(Listener.bind(loops, new InetSocketAddress(host, port), server.pipeline()));
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private <T extends @Nullable AutoCloseable> T started(T part) {
        if (part != null) {
            started.push(part);
        }
        return part;
    }

    /** A trusted proxy stands for many clients, whatever else is exempt. */
    private static LimitsConfig limits(Config config) {
        return config.limits().exempting(config.edge().proxies().trusted());
    }

    private static ExchangeObserver observers(Config config, HttpMetrics metrics, ConnectionCaps caps, Clock clock) {
        var observers = new ArrayList<ExchangeObserver>(List.of(metrics, caps, new RefusalLog(clock)));
        if (config.observe().accessLog()) {
            observers.add(new ExchangeLog(new AccessLog()));
        }
        return ExchangeObserver.of(observers);
    }

    private static @Nullable TlsCertificates certificates(Config config, Clock clock) {
        var tls = config.edge().tls();
        if (tls == null) {
            return null;
        }
        try {
            return new TlsCertificates(tls, clock);
        } catch (IOException unusable) {
            throw new UncheckedIOException("edge.tls: " + unusable.getMessage(), unusable);
        }
    }

    private static EventLoops.Settings loopSettings(Config config) {
        int loops = config.edge().loops();
        var kernel = EventLoops.Kernel.valueOf(config.edge().transport().name());
        return new EventLoops.Settings(kernel, loops == 0 ? Runtime.getRuntime().availableProcessors() : loops);
    }

    private static HttpSettings httpSettings(Config config, CorsSettings cors) {
        var http = config.edge().http();
        var tls = config.edge().tls();
        var defaults = new HttpSettings();
        return new HttpSettings(
                (int) http.maxRequestLine().bytes(),
                (int) http.maxHeaderSize().bytes(),
                defaults.maxFields(),
                defaults.maxQueryParameters(),
                http.headerTimeout(),
                http.idleTimeout(),
                http.bodyTimeout(),
                http.stallTimeout(),
                config.edge().maxConnections(),
                http.maxConcurrentStreams(),
                defaults.goAwayGrace(),
                tls == null ? null : tls.hsts(),
                cors,
                new Proxies(config.edge().proxies()));
    }

    private static String printed(Listener listener) {
        var address = listener.address();
        var host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
