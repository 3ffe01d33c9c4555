package io.sluice;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.admin.ChannelRoutes;
import io.sluice.admin.ConsolePages;
import io.sluice.admin.FiguresChannel;
import io.sluice.admin.MetricsRoute;
import io.sluice.admin.OwnOrigin;
import io.sluice.admin.ReloadRoute;
import io.sluice.admin.RevokeRoute;
import io.sluice.admin.StatusRoutes;
import io.sluice.auth.Anybody;
import io.sluice.auth.OriginPolicy;
import io.sluice.auth.Revocations;
import io.sluice.auth.Tickets;
import io.sluice.config.ConfigChange;
import io.sluice.config.EdgeConfig;
import io.sluice.config.LimitsConfig;
import io.sluice.config.WebhooksConfig;
import io.sluice.http.ExchangeObserver;
import io.sluice.http.HttpMetrics;
import io.sluice.http.HttpRoutes;
import io.sluice.http.HttpServer;
import io.sluice.http.HttpSettings;
import io.sluice.hub.Callers;
import io.sluice.hub.Hub;
import io.sluice.hub.HubMetrics;
import io.sluice.hub.LogEngine;
import io.sluice.hub.ReadMarkers;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.Engines;
import io.sluice.hub.transport.Transports;
import io.sluice.limit.Limits;
import io.sluice.net.Clock;
import io.sluice.net.Loop;
import io.sluice.observe.Metrics;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The part of the wiring page that operators reach: the admin listener's routes, and the hub that carries the console's figures.
 *
 * <p>That hub has one memory engine and the transports that the console uses, mounted here as the edge mounts its own: so the console
 * is a client as any other, and watching it costs nothing while nobody does. Nothing on this listener is limited, since what is
 * overloaded must still be looked at.
 */
final class AdminPlane implements AutoCloseable {
    /** What the client of a page needs: a stream of events, and a place to begin. */
    private static final Set<String> TRANSPORTS = Set.of("sse", "poll");

    private final LogEngine memory;
    private final FiguresChannel figures;
    private final HttpServer server;

    /** What operators look at and act on. */
    record Watched(
            Hub hub,
            HttpServer edge,
            HttpMetrics http,
            Metrics metrics,
            Revocations revocations,
            Tickets tickets,
            BooleanSupplier leaving,
            Runnable drain,
            Supplier<ConfigChange> reload) {}

    AdminPlane(Watched watched, List<Loop> loops, Clock clock, ByteBufAllocator allocator) {
        var random = new SecureRandom();
        var settings = FiguresChannel.settings();
        memory = Engines.ALL.stream()
                .filter(type -> type.name().equals("memory"))
                .findFirst()
                .orElseThrow()
                .start(EngineContext.of(clock, settings, Runnable::run, Runnable::run));
        var hub = new Hub(settings, loops, Map.of("memory", memory), clock, random, new HubMetrics(), allocator);
        figures = FiguresChannel.of(hub, watched.hub, watched.http, watched.edge, watched.leaving);

        var routes = new HttpRoutes().behind(new OwnOrigin());
        new StatusRoutes(watched.hub, allocator, watched.leaving, watched.drain).addTo(routes);
        new ChannelRoutes(watched.hub, allocator).addTo(routes);
        new RevokeRoute(watched.hub, watched.revocations, allocator).addTo(routes);
        new MetricsRoute(watched.metrics).addTo(routes);
        ConsolePages.addTo(routes);
        new ReloadRoute(watched.reload, allocator).addTo(routes);
        var origins = new OriginPolicy(List::of);
        var context = new Transports.Context(
                hub,
                new Callers(
                        new Anybody(watched.tickets, origins), new Limits(new LimitsConfig(), clock, random, () -> 0)),
                new ReadMarkers(hub),
                new EdgeConfig(),
                origins,
                WebhooksConfig::new,
                memory.state(),
                loops,
                allocator,
                () -> false);
        for (var type : Transports.ALL) {
            if (TRANSPORTS.contains(type.name())) {
                type.constructor().create(context).addTo(routes);
            }
        }
        server = new HttpServer(routes, new HttpSettings(), clock, ExchangeObserver.NONE, null);
    }

    HttpServer server() {
        return server;
    }

    /** Called once a second by one thread. */
    void tell() {
        figures.tell();
    }

    @Override
    public void close() {
        memory.close();
    }
}
