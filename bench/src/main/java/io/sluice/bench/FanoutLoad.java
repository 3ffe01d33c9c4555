package io.sluice.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** The subscribers of one channel on one server, and the publisher that feeds them. */
public final class FanoutLoad {
    static final String CHANNEL = "bench-fanout";
    /** How long the last messages may take to arrive before they count as lost. */
    private static final long DRAIN_NANOS = 10_000_000_000L;

    /** How long one rate is tried while the maximum is sought. */
    private static final double PROBE_SECONDS = 2;

    /** The share of a probe by which its last delivery may be late. */
    private static final double LATE = 0.05;

    /** How close the maximum that is found lies to the first rate that is too much. */
    private static final double PRECISION = 1.05;

    private final LoadLoop loop;
    private final ServerProcess server;
    private final String name;
    private final int dataSize;
    private final Deliveries deliveries = new Deliveries();
    private final int size;
    private final Protocol protocol;
    private final List<LoadSocket> readers;
    private final LoadSocket publisher;
    private int sequence;
    private long expected;
    private long wireBytesBefore;

    /** Opens {@code subscribers} readers and returns when the server knows them all. */
    public FanoutLoad(LoadLoop loop, ServerProcess server, Protocol protocol, int subscribers, int dataSize)
            throws IOException {
        this(loop, server, server.name(), protocol, subscribers, dataSize);
    }

    /** @param name what its samples are called */
    FanoutLoad(LoadLoop loop, ServerProcess server, String name, Protocol protocol, int subscribers, int dataSize)
            throws IOException {
        this.loop = loop;
        this.server = server;
        this.name = name;
        this.protocol = protocol;
        this.dataSize = dataSize;
        this.size = subscribers;
        int each = Math.min(protocol.readersPerConnection(), subscribers);
        if (subscribers % each != 0) {
            throw new IOException("subscribers over " + protocol.name() + " come in " + each + "s");
        }
        var reading = new Protocol.Reading(server.host(), CHANNEL, deliveries, each, false);
        this.readers = loop.open(subscribers / each, server.address(), protocol.reader(reading));
        this.publisher = loop.open(1, server.address(), protocol.publisher(server.host(), CHANNEL))
                .getFirst();
    }

    /** Subscribes every socket to {@code channel} and waits for the replies. */
    static void subscribe(LoadLoop loop, List<LoadSocket> sockets, String channel) throws IOException {
        int at = 0;
        for (var socket : sockets) {
            socket.sendFrame("{\"id\":1,\"type\":\"subscribe\",\"channel\":\"" + channel + "\"}");
            if (++at % 100 == 0) {
                loop.poll(0);
            }
        }
        boolean all = loop.await(
                30_000_000_000L,
                () -> sockets.stream().allMatch(s -> s.lastReply != null && s.lastReply.contains("\"id\":1")));
        if (!all) {
            throw new IOException("not every subscribe was answered; the last reply: " + sockets.getLast().lastReply);
        }
        for (var socket : sockets) {
            if (socket.lastReply == null || !socket.lastReply.contains("\"ok\"")) {
                throw new IOException("subscribe refused: " + socket.lastReply);
            }
        }
    }

    public double serverCpuSeconds() throws IOException {
        return server.usage().cpuSeconds();
    }

    int size() {
        return size;
    }

    /** Publishes the next message when every subscriber has the one before. */
    public FanoutSample oneAtATime(double seconds) throws IOException {
        var measured = begin();
        long end = measured.startNanos() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            publish(System.nanoTime());
            if (!loop.await(DRAIN_NANOS, () -> deliveries.count() >= expected)) {
                break;
            }
        }
        return finish(measured);
    }

    /**
     * The most messages per second that arrive as fast as they are published. Open loop: each probe publishes at its rate
     * whatever the server does; where the last delivery then comes late, a backlog had grown. Rates double until one is too
     * much, then the interval is halved.
     *
     * @param seen is given every probe
     */
    double maximum(Consumer<FanoutSample> seen) throws IOException {
        double sustained = 0;
        double tooMuch = Double.POSITIVE_INFINITY;
        double perSecond = oneAtATime(PROBE_SECONDS).perSecond() / size;
        while (tooMuch / sustained > PRECISION) {
            var probe = paced(PROBE_SECONDS, perSecond);
            seen.accept(probe);
            if (probe.lost() == 0 && probe.seconds() < PROBE_SECONDS * (1 + LATE)) {
                sustained = perSecond;
            } else {
                tooMuch = perSecond;
            }
            perSecond = tooMuch == Double.POSITIVE_INFINITY ? 2 * perSecond : (sustained + tooMuch) / 2;
        }
        return sustained;
    }

    /** Publishes at {@code perSecond}, whatever the server does; latencies count from the intended times. */
    public FanoutSample paced(double seconds, double perSecond) throws IOException {
        var measured = begin();
        long interval = (long) (1e9 / perSecond);
        long end = measured.startNanos() + (long) (seconds * 1e9);
        for (long intended = measured.startNanos(); intended < end; intended += interval) {
            long left;
            while ((left = intended - System.nanoTime()) > 0) {
                loop.poll(left);
            }
            publish(intended);
        }
        return finish(measured);
    }

    private FanoutSample.Start begin() throws IOException {
        deliveries.reset();
        expected = 0;
        wireBytesBefore = wireBytes();
        return new FanoutSample.Start(
                System.nanoTime(),
                server.usage().cpuSeconds(),
                new ProcessUsage(ProcessHandle.current().pid()).cpuSeconds(),
                ProcessUsage.sleepsOfThisThread());
    }

    private void publish(long intendedNanos) throws IOException {
        expected += size;
        var data = Stamp.data(intendedNanos, ++sequence, dataSize);
        protocol.publish(publisher, CHANNEL, data);
    }

    /** What the readers' connections have carried so far, both ways. */
    private long wireBytes() {
        return readers.stream()
                .mapToLong(reader -> reader.bytesIn + reader.bytesOut)
                .sum();
    }

    private FanoutSample finish(FanoutSample.Start start) throws IOException {
        loop.await(DRAIN_NANOS, () -> deliveries.count() >= expected);
        double seconds = (System.nanoTime() - start.startNanos()) / 1e9;
        if (loop.closedByPeer() > 0 || publisher.closed) {
            throw new IOException(
                    server.name() + " closed " + loop.closedByPeer() + " connections: " + loop.lastFailure());
        }
        return new FanoutSample(
                name,
                deliveries.count(),
                seconds,
                server.usage().cpuSeconds() - start.serverCpuSeconds(),
                new ProcessUsage(ProcessHandle.current().pid()).cpuSeconds() - start.clientCpuSeconds(),
                ProcessUsage.sleepsOfThisThread() - start.clientSleeps(),
                (double) (wireBytes() - wireBytesBefore) / Math.max(1, deliveries.count()),
                expected - deliveries.count(),
                deliveries.outOfOrder() + deliveries.gaps(),
                deliveries.latency().getValueAtPercentile(50) / 1e6,
                deliveries.latency().getValueAtPercentile(99) / 1e6,
                deliveries.latency().getValueAtPercentile(99.9) / 1e6,
                deliveries.latency().getMaxValue() / 1e6);
    }
}
