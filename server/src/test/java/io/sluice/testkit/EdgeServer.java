package io.sluice.testkit;

import io.sluice.Edge;
import io.sluice.config.AdminConfig;
import io.sluice.config.Config;
import io.sluice.config.ConfigReader;
import io.sluice.config.EdgeConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.Hub;
import io.sluice.hub.LogEngine;
import io.sluice.net.Clock;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** A whole server on free loopback ports, for tests that speak to it as clients do. */
public final class EdgeServer implements ServerAddress, AutoCloseable {
    private final Edge edge;

    private EdgeServer(Config config, Supplier<Config> again, Clock clock, Map<String, LogEngine> more) {
        edge = new Edge(config, again, clock, more);
        edge.bind();
        edge.serve();
    }

    /** With everything in memory. */
    public static EdgeServer inMemory() {
        return with(new NamespaceConfig().on("memory", Durability.MEMORY));
    }

    /** With these settings for every channel, and a data folder that is not used. */
    public static EdgeServer with(NamespaceConfig namespace) {
        return with(namespace, Path.of("unused"));
    }

    /** With these settings for every channel. */
    public static EdgeServer with(NamespaceConfig namespace, Path dataDir) {
        return with(new Config().with(new HubConfig().in(dataDir).with(namespace)));
    }

    /** With this configuration, but on free ports and with the demo's routes. */
    public static EdgeServer with(Config config) {
        return with(config, Clock.SYSTEM);
    }

    /** The same in this time; sockets go on by themselves, timeouts only with the clock. */
    public static EdgeServer with(Config config, Clock clock) {
        return with(config, clock, Map.of());
    }

    private static EdgeServer with(Config config, Clock clock, Map<String, LogEngine> more) {
        return new EdgeServer(onFreePorts(config), () -> onFreePorts(config), clock, more);
    }

    /** With a configuration that is read now and again when a reload is asked for, in this time. */
    public static EdgeServer reading(Supplier<Config> source, Clock clock) {
        Supplier<Config> again = () -> onFreePorts(source.get());
        return new EdgeServer(again.get(), again, clock, Map.of());
    }

    private static Config onFreePorts(Config config) {
        return config.with(withoutDelay(config.edge()).at("127.0.0.1", 0).demonstrating())
                .with(new AdminConfig("127.0.0.1", 0));
    }

    /** With everything in memory and these lines of configuration, in this time. */
    public static EdgeServer configured(Clock clock, String yaml) {
        var memory = "hub: {namespaces: {default: {engine: memory, durability: memory}}}\n";
        return with(ConfigReader.parse(memory + yaml, "test.yaml", Map.of()), clock);
    }

    /** With everything on an engine that other servers share, and these lines of configuration, in this time. */
    public static EdgeServer sharing(SharedEngine engine, Clock clock, String yaml) {
        var shared = "hub: {namespaces: {default: {engine: shared, durability: process}}}\n";
        var config = ConfigReader.parse(shared + yaml, "test.yaml", Map.of());
        return with(config, clock, Map.of("shared", engine.view()));
    }

    /** What balancers are given to notice a drain is for tests that ask for it. */
    private static EdgeConfig withoutDelay(EdgeConfig edge) {
        boolean asked = !edge.drainDelay().equals(new EdgeConfig().drainDelay());
        return asked ? edge : edge.draining(Duration.ZERO, edge.drainGrace());
    }

    public Hub hub() {
        return edge.hub();
    }

    @Override
    public URI uri(String path) {
        return URI.create(edge.addresses().getFirst() + path);
    }

    /** The admin listener's address followed by {@code path}. */
    public URI admin(String path) {
        return URI.create(edge.addresses().getLast() + path);
    }

    public void drain(Duration grace) {
        edge.drain(grace);
    }

    @Override
    public void close() {
        edge.close();
    }

    /** Serves until it is killed: for trying things by hand. */
    public static void main(String[] arguments) throws InterruptedException {
        var server = with(new NamespaceConfig(), Path.of(arguments[0]));
        System.err.println(server.uri("/") + " " + server.admin("/"));
        Thread.currentThread().join();
    }
}
