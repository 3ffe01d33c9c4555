package io.sluice.bench;

import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Payload;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.Engines;
import io.sluice.net.Clock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** One engine with threads of its own, for the microbenchmarks. */
final class BenchEngine implements AutoCloseable {
    final LogEngine engine;
    final HubConfig config;
    final NamespaceConfig namespace;
    private final ExecutorService writer = Executors.newSingleThreadExecutor();
    private final ExecutorService reader = Executors.newSingleThreadExecutor();

    BenchEngine(String name, NamespaceConfig.Durability durability, Path folder) {
        namespace = new NamespaceConfig().on(name, durability);
        config = new HubConfig().in(folder).with(namespace).waiting(new HubConfig().presenceGrace(), Duration.ZERO);
        var type = Engines.ALL.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no engine is called " + name));
        engine = type.start(EngineContext.of(Clock.SYSTEM, config, writer, reader));
    }

    ChannelLog open(String channel) {
        var opened = new LinkedBlockingQueue<LogEngine.Opened>();
        engine.open(new ChannelName(channel), namespace, log -> {}, opened::add);
        try {
            return switch (opened.take()) {
                case LogEngine.Opened.Ready(var log) -> log;
                case LogEngine.Opened.Failed(var problem) -> throw new IllegalStateException(problem.toString());
            };
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** 128 bytes of JSON. */
    static Draft draft() {
        return Draft.of(Payload.json(Stamp.data(1, 1, 128).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        engine.close();
        writer.shutdown();
        reader.shutdown();
    }
}
