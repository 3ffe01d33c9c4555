package io.sluice.cli;

import io.sluice.config.Config;
import io.sluice.config.ConfigException;
import io.sluice.config.ConfigPrinter;
import io.sluice.observe.Logging;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of a server: bind, serve, wait for SIGTERM or SIGINT, drain, close. */
final class ServerRun {
    /** How long a signal waits for a start that is under way. */
    private static final int START_SECONDS = 30;

    private final Server.Maker servers;
    private final Supplier<Config> source;
    private final Config config;
    private final Logger log;
    private final CountDownLatch startEnded = new CountDownLatch(1);
    /** Set once it serves; a start that failed has closed what it had opened. */
    private volatile @Nullable Server running;

    private volatile boolean ready;

    /** @param source reads the configuration: now, and when it is to be taken anew */
    ServerRun(Server.Maker servers, Supplier<Config> source) {
        this.servers = servers;
        this.source = source;
        this.config = source.get();
        Logging.start(
                config.observe().logLevel().name(),
                config.observe().logFormat().name().toLowerCase(Locale.ROOT));
        log = LoggerFactory.getLogger(ServerRun.class);
    }

    /**
     * Returns only when the server could not be started; once it runs, the process ends with exit code 0 when the drain that
     * a signal asked for is over.
     *
     * @param whenReady is told the addresses when connections are taken
     */
    int untilAskedToStop(Consumer<List<String>> whenReady) {
        // Before anything is opened: a signal that comes while the server starts must not leave half of it behind.
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "sluice-stop"));
        Server server;
        try {
            server = start();
            running = server;
        } finally {
            startEnded.countDown();
        }
        log.info(
                "started version={} config={} addresses={}",
                VersionCommand.version(),
                ConfigPrinter.digest(config).substring(0, 12),
                server.addresses());
        ready = true;
        whenReady.accept(server.addresses());
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    private Server start() {
        Server server;
        try {
            server = servers.make(config, source);
        } catch (RuntimeException failure) {
            throw explained(failure);
        }
        try {
            server.bind();
            server.serve();
            return server;
        } catch (RuntimeException failure) {
            server.close();
            throw explained(failure);
        }
    }

    /** Runs as the shutdown hook; ends the process itself, because a signal's own exit code is not 0. */
    private void stop() {
        var server = startedServer();
        if (server == null) {
            // Nothing runs: whoever ended the process says with which code.
            return;
        }
        int code = 0;
        try {
            if (ready) {
                log.info("draining grace={}", config.edge().drainGrace());
                server.drain(config.edge().drainGrace());
            }
            server.close();
            log.info("stopped");
        } catch (RuntimeException failure) {
            log.error("drain failed", failure);
            code = 1;
        } finally {
            Logging.stop();
            Runtime.getRuntime().halt(code);
        }
    }

    /** The server, once its start is over; null when that failed, or takes longer than anybody waits. */
    private @Nullable Server startedServer() {
        try {
            startEnded.await(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        return running;
    }

    /** What the world refused becomes one line; a bug stays what it is. */
    private RuntimeException explained(RuntimeException failure) {
        if (failure instanceof ConfigException) {
            return failure;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException && isAddressInUse(cause)) {
                return new CommandFailed(addressInUse());
            }
        }
        boolean bug = failure instanceof IllegalStateException
                || failure instanceof NullPointerException
                || failure instanceof ClassCastException
                || failure instanceof IndexOutOfBoundsException;
        return bug ? failure : new CommandFailed("cannot start: " + failure.getMessage());
    }

    private static boolean isAddressInUse(Throwable cause) {
        return String.valueOf(cause.getMessage()).contains("Address already in use");
    }

    private String addressInUse() {
        boolean edge = isTaken(config.edge().host(), config.edge().port());
        var host = edge ? config.edge().host() : config.admin().host();
        int port = edge ? config.edge().port() : config.admin().port();
        var key = edge ? "edge.port" : "admin.port";
        return "cannot listen on " + host + ":" + port + ": another program does; stop it or set " + key + " (SLUICE_"
                + key.toUpperCase(Locale.ROOT).replace('.', '_') + ") to another port";
    }

    private static boolean isTaken(String host, int port) {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return false;
        } catch (IOException taken) {
            return true;
        }
    }
}
