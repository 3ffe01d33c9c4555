package io.sluice.simulation;

import io.sluice.auth.Anybody;
import io.sluice.auth.OriginPolicy;
import io.sluice.auth.Revocations;
import io.sluice.auth.Tickets;
import io.sluice.config.EdgeConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.LimitsConfig;
import io.sluice.config.WebhooksConfig;
import io.sluice.http.HttpRoutes;
import io.sluice.hub.Callers;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Gate;
import io.sluice.hub.Hub;
import io.sluice.hub.HubMetrics;
import io.sluice.hub.LogEngine;
import io.sluice.hub.ReadMarkers;
import io.sluice.hub.api.ApiRoutes;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.transport.SimulatedWebhooks;
import io.sluice.hub.transport.Transports;
import io.sluice.limit.Limits;
import io.sluice.testkit.ListedChannel;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One life of a server: wired as {@code Edge} wires it, without a socket or a thread. */
final class SimulatedServer {
    private static final int LOOPS = 2;
    /** What the simulated readers speak. */
    private static final Set<String> SPOKEN = Set.of("websocket", "sse", "poll");

    private static final SecureRandom TICKETS = new SecureRandom();

    final SimulatedMemory memory = new SimulatedMemory();
    final SimulatedLoops loops;
    final SimulatedExecutor writer = new SimulatedExecutor();
    final SimulatedExecutor reader = new SimulatedExecutor();
    /** What the engine's wake-ups travel on. */
    private final SimulatedExecutor network = new SimulatedExecutor();

    final LogEngine engine;
    final Hub hub;
    final List<Connection> connections = new ArrayList<>();
    /** Null where there is none. */
    final @Nullable SimulatedWebhooks webhooks;

    private final HttpRoutes routes = new HttpRoutes();
    private boolean draining;

    /**
     * @param engines starts the engine, with what is on its disk
     * @param wakeUps decides what becomes of its wake-ups; null: they arrive
     * @param endpoint what its webhook calls; null where it has none
     */
    SimulatedServer(
            HubConfig config,
            ManualClock clock,
            long seed,
            String boot,
            Function<EngineContext, LogEngine> engines,
            @Nullable Random wakeUps,
            @Nullable WebhookEndpoint endpoint) {
        loops = new SimulatedLoops(LOOPS, clock);
        var started = engines.apply(new EngineContext(clock, config, writer, reader, new Random(seed), () -> boot));
        engine = wakeUps == null ? started : new LateWakeUps(started, network, wakeUps);
        hub = new Hub(
                config,
                loops.loops(),
                Map.of(engine.name(), engine),
                new Gate(clock, null, new Revocations(clock, Duration.ofMinutes(1), 10), Duration.ofMinutes(1)),
                clock,
                new Random(seed),
                new HubMetrics(),
                memory);
        var origins = new OriginPolicy(List::of);
        var limits = new Limits(new LimitsConfig(), clock, new Random(seed), () -> 0);
        var callers = new Callers(
                new Anybody(
                        new Tickets(
                                clock,
                                TICKETS,
                                Duration.ofSeconds(30),
                                null,
                                new ListedChannel(clock),
                                new ListedChannel(clock)),
                        origins),
                limits);
        var markers = new ReadMarkers(hub);
        var context = new Transports.Context(
                hub,
                callers,
                markers,
                new EdgeConfig(),
                origins,
                WebhooksConfig::new,
                engine.state(),
                loops.loops(),
                memory,
                () -> draining);
        Transports.ALL.stream()
                .filter(type -> SPOKEN.contains(type.name()))
                .forEach(type -> type.constructor().create(context).addTo(routes));
        ApiRoutes.ALL.forEach(route -> route.addTo(routes, new ApiRoutes.Context(hub, callers, markers, memory)));
        webhooks = endpoint == null
                ? null
                : new SimulatedWebhooks(
                        context,
                        endpoint.channels.stream().map(ChannelName::value).toList(),
                        new Random(seed),
                        endpoint::came);
    }

    HttpRoutes routes() {
        return routes;
    }

    /** Sends a request on a connection of its own. */
    Connection send(SimulatedExchange.Request request, Connection.Client client, int loop, int window) {
        var home = loops.loops().get(loop % LOOPS);
        var connection = new Connection(home, client, window);
        connections.add(connection);
        home.execute(() -> new SimulatedExchange(request, connection).handle(routes));
        return connection;
    }

    void drain(Duration spread) {
        draining = true;
        hub.sessions().drain(spread);
    }

    boolean isDraining() {
        return draining;
    }

    /** Runs a task of any of its threads; false when none has any. */
    boolean runOne(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> writer.runOne() || reader.runOne() || loops.runOne(random) || network.runOne();
            case 1 -> reader.runOne() || network.runOne() || writer.runOne() || loops.runOne(random);
            default -> loops.runOne(random) || writer.runOne() || reader.runOne() || network.runOne();
        };
    }

    /** Its process is no more. */
    void ended() {
        connections.forEach(Connection::serverDied);
    }
}
