package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.LogEngine;
import io.sluice.hub.Payload;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import io.sluice.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An engine with everything around it that a test moves: clock, disk, threads, boots. Close it. */
final class EngineWorld implements AutoCloseable {
    /** Where logs live in a test. */
    enum Kind {
        MEMORY,
        ROCKS,
        SIMULATED
    }

    static final NamespaceConfig DISK = new NamespaceConfig();
    static final NamespaceConfig POWER = DISK.on("disk", Durability.POWER);

    final ManualClock clock = new ManualClock();
    final Kind kind;
    final HubConfig hub;
    private final DiskConfig settings;
    private final Path folder;
    private final Random random;
    private final ExecutorService writer = Executors.newSingleThreadExecutor();
    private final ExecutorService reader = Executors.newFixedThreadPool(2);
    private SimulatedStore disk = new SimulatedStore();
    private String boot = "boot-1";
    private LogEngine engine;

    EngineWorld(Kind kind, Path folder) {
        this(kind, folder, 1024, new DiskConfig(new DataSize(0), DataSize.mib(4)));
    }

    EngineWorld(Kind kind, Path folder, int tailMessages, DiskConfig settings) {
        this.kind = kind;
        this.folder = folder;
        this.settings = settings;
        this.hub = new HubConfig().in(folder).withTail(tailMessages);
        this.random = new Random(42);
        this.engine = start();
    }

    private LogEngine start() {
        var context = new EngineContext(clock, hub, writer, reader, random, () -> boot);
        return switch (kind) {
            case MEMORY -> new MemoryLog(new MemoryLog.Settings(), context);
            case ROCKS -> new DiskLog(settings, context);
            case SIMULATED -> new DiskLog(settings, context, folder, path -> disk);
        };
    }

    LogEngine engine() {
        return engine;
    }

    SimulatedStore disk() {
        return disk;
    }

    /** What the last start said. */
    String found() {
        return ((DiskLog) engine).found();
    }

    /** The settings that fit: memory's durability goes with memory's engine. */
    NamespaceConfig settings() {
        return kind == Kind.MEMORY ? new NamespaceConfig().on("memory", Durability.MEMORY) : DISK;
    }

    /** Stops the engine as it should be and starts the next. */
    void restart() {
        engine.close();
        disk = disk.afterKill();
        engine = start();
    }

    /** Ends the process without a word, with the simulated disk, and starts the next. */
    void kill() {
        disk = disk.afterKill();
        engine = start();
    }

    /** Cuts the power of the simulated disk and boots again. */
    void cutPower() {
        disk = disk.afterPowerCut();
        boot = boot + "'";
        engine = start();
    }

    void reboot() {
        boot = boot + "'";
        kill();
    }

    /** Sweeps, and waits until the sweep's turn is over. */
    void sweep() {
        engine.sweep();
        settle();
    }

    /** Waits until the writer has nothing to do. */
    void settle() {
        for (int i = 0; i < 20; i++) {
            await(CompletableFuture.runAsync(() -> {}, writer));
        }
    }

    void advanceAndSweep(Duration by) {
        clock.advance(by);
        sweep();
    }

    ChannelLog open(String channel) {
        return open(channel, settings());
    }

    ChannelLog open(String channel, NamespaceConfig namespace) {
        return open(channel, namespace, log -> {});
    }

    ChannelLog open(String channel, NamespaceConfig namespace, Consumer<ChannelLog> appended) {
        return open(engine, channel, namespace, appended);
    }

    static ChannelLog open(LogEngine engine, String channel, NamespaceConfig namespace) {
        return open(engine, channel, namespace, log -> {});
    }

    private static ChannelLog open(
            LogEngine engine, String channel, NamespaceConfig namespace, Consumer<ChannelLog> appended) {
        var opened = new CompletableFuture<LogEngine.Opened>();
        engine.open(new ChannelName(channel), namespace, appended, opened::complete);
        var answer = await(opened);
        assertThat(answer).isInstanceOf(LogEngine.Opened.Ready.class);
        return ((LogEngine.Opened.Ready) answer).log();
    }

    static Draft draft(String text) {
        return Draft.of(new Payload(Payload.Kind.TEXT, text.getBytes(StandardCharsets.UTF_8), "text/plain"));
    }

    static CompletableFuture<Appended> appending(ChannelLog log, Draft draft) {
        var answer = new CompletableFuture<Appended>();
        log.append(draft, answer::complete);
        return answer;
    }

    static Appended append(ChannelLog log, Draft draft) {
        return await(appending(log, draft));
    }

    /** Appends and expects it to be stored. */
    static Position store(ChannelLog log, String text) {
        var appended = append(log, draft(text));
        assertThat(appended).isInstanceOf(Appended.Stored.class);
        return ((Appended.Stored) appended).position();
    }

    static void store(ChannelLog log, int from, int to) {
        for (int i = from; i <= to; i++) {
            store(log, "m" + i);
        }
    }

    static CompletableFuture<ChannelLog.Batch> reading(ChannelLog log, long after, int limit, int maxBytes) {
        var batch = new CompletableFuture<ChannelLog.Batch>();
        log.read(after, limit, maxBytes, batch::complete);
        return batch;
    }

    static List<Publication> read(ChannelLog log, long after, int limit, int maxBytes) {
        var batch = await(reading(log, after, limit, maxBytes));
        assertThat(batch).isInstanceOf(ChannelLog.Batch.Found.class);
        return ((ChannelLog.Batch.Found) batch).publications();
    }

    static List<String> texts(ChannelLog log, long after) {
        return read(log, after, Integer.MAX_VALUE, Integer.MAX_VALUE).stream()
                .map(EngineWorld::text)
                .toList();
    }

    static String text(Publication publication) {
        return new String(publication.payload().bytes(), StandardCharsets.UTF_8);
    }

    static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        engine.close();
        writer.shutdownNow();
        reader.shutdownNow();
    }
}
