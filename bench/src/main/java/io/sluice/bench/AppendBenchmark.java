package io.sluice.bench;

import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.Draft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Appends of 128 bytes, 64 under way at a time, until all are answered: as 64 publishers would. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class AppendBenchmark {
    private static final int UNDER_WAY = 64;

    @Param({"memory/memory", "disk/process", "disk/power"})
    public String engine = "";

    private final Semaphore answered = new Semaphore(0);
    private final Draft draft = BenchEngine.draft();
    private BenchEngine started;
    private ChannelLog log;
    private Path folder;

    @Setup
    public void start() throws IOException {
        folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), "append-benchmark");
        var parts = engine.split("/", 2);
        started = new BenchEngine(parts[0], Durability.valueOf(parts[1].toUpperCase(Locale.ROOT)), folder);
        log = started.open("bench");
    }

    @TearDown
    public void stop() throws IOException {
        started.close();
        Servers.deleteTree(folder);
    }

    @Benchmark
    @OperationsPerInvocation(UNDER_WAY)
    public void append() throws InterruptedException {
        for (int i = 0; i < UNDER_WAY; i++) {
            log.append(draft, this::answer);
        }
        answered.acquire(UNDER_WAY);
    }

    private void answer(Appended appended) {
        if (!(appended instanceof Appended.Stored)) {
            throw new IllegalStateException(appended.toString());
        }
        answered.release();
    }
}
