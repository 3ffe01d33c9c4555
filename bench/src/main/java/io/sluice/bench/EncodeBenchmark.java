package io.sluice.bench;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import io.sluice.hub.Wire;
import io.sluice.hub.wire.Wires;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encodes a publication with 128 bytes of JSON afresh in each wire. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up first
public class EncodeBenchmark {
    @Param({"0", "1", "2", "3", "4"})
    public int wire;

    private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private final Publication publication = Publication.of(
            new ChannelName("bench-fanout"), new Position(7_000_000_000_000L, 42), Instant.now(), BenchEngine.draft());
    private Wire encoder;

    @Setup
    public void choose() {
        encoder = Wires.ALL.get(wire);
    }

    @Benchmark
    public int encode() {
        var bytes = encoder.encode(publication, allocator);
        int size = bytes.readableBytes();
        bytes.release();
        return size;
    }
}
