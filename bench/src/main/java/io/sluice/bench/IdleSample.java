package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What readers cost a server while nothing is published. Bytes, and CPU as a share of one processor.
 *
 * @param rssEachCollected after a full collection; 0 for a server that is not Java
 */
public record IdleSample(
        String server,
        int connections,
        long emptyRss,
        long rss,
        double rssEach,
        double pssEach,
        double rssEachCollected,
        double cpu) {
    private static final int FIRST = 100;

    /** Opens {@code connections} with a reader each, spread over channels, and lets them be idle for {@code seconds}. */
    public static IdleSample of(
            LoadLoop loop, ServerProcess server, Protocol protocol, int connections, int channels, int seconds)
            throws IOException {
        return of(loop, server, protocol, connections, channels, seconds, idled -> {});
    }

    /**
     * The same.
     *
     * @param idled is told how many seconds have passed, often
     */
    static IdleSample of(
            LoadLoop loop,
            ServerProcess server,
            Protocol protocol,
            int connections,
            int channels,
            int seconds,
            LongConsumer idled)
            throws IOException {
        // What the first connections load and compile is not what a connection costs.
        open(loop, server, protocol, FIRST, "idle-first").forEach(LoadSocket::close);
        loop.await(Math.min(3, seconds) * 1_000_000_000L, () -> false);
        long emptyRss = server.usage().residentBytes();
        long emptyPss = server.usage().proportionalBytes();
        for (int i = 0; i < channels; i++) {
            open(loop, server, protocol, connections / channels + (i < connections % channels ? 1 : 0), "idle-" + i);
        }
        loop.await(Math.min(2, seconds) * 1_000_000_000L, () -> false);
        double cpu = server.usage().cpuSeconds();
        long began = System.nanoTime();
        loop.await(seconds * 1_000_000_000L, () -> {
            idled.accept((System.nanoTime() - began) / 1_000_000_000L);
            return false;
        });
        double idleCpu = (server.usage().cpuSeconds() - cpu) / seconds;
        long rss = server.usage().residentBytes();
        long pss = server.usage().proportionalBytes();
        long collected = collect(server) ? server.usage().residentBytes() : 0;
        if (loop.closedByPeer() > 0) {
            throw new IOException(loop.closedByPeer() + " connections were closed: " + loop.lastFailure());
        }
        return new IdleSample(
                server.name(),
                connections,
                emptyRss,
                rss,
                (double) (rss - emptyRss) / connections,
                (double) (pss - emptyPss) / connections,
                collected == 0 ? 0 : (double) (collected - emptyRss) / connections,
                idleCpu);
    }

    private static List<LoadSocket> open(
            LoadLoop loop, ServerProcess server, Protocol protocol, int count, String channel) throws IOException {
        var reading = new Protocol.Reading(server.host(), channel, new Deliveries());
        return loop.open(count, server.address(), protocol.reader(reading));
    }

    /** Runs a full collection in a Java server; false in another. What it leaves resident shows what the heap kept for nothing. */
    static boolean collect(ServerProcess server) throws IOException {
        // To others the signal by which a collection is asked for may mean their end.
        if (!Files.readSymbolicLink(Path.of("/proc", Long.toString(server.pid()), "exe"))
                .endsWith("java")) {
            return false;
        }
        var command = Servers.java().replaceAll("java$", "jcmd");
        var jcmd = new ProcessBuilder(command, Long.toString(server.pid()), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return jcmd.waitFor() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
