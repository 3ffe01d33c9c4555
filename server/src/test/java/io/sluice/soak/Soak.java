package io.sluice.soak;

import io.sluice.attack.FaultProxy;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ClientKind;
import io.sluice.testkit.ServerAddress;
import io.sluice.testkit.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A server process, readers of every kind behind a network that breaks, and publishers that never stop. The server is killed near the
 * beginning and near the end; the samples between the two are one life of it, and judged.
 */
final class Soak {
    static final List<Flatness> MEASURES = List.of(
            new Flatness("live heap MB", 0.10, 8),
            new Flatness("resident MB", 0.10, 32),
            new Flatness("descriptors", 0.10, 20),
            new Flatness("p50 ms", 0.50, 5),
            new Flatness("p99 ms", 1.00, 50));

    private static final List<String> CHANNELS = List.of("soak-a", "soak-b", "soak-c");
    /** Large messages, for those who stall, and one reader who does not. */
    private static final String HEAVY = "soak-heavy";

    private static final int HEAVY_BYTES = 16 << 10;
    private static final long PUBLISH_NANOS = 100_000_000L;
    private static final long LOOK_NANOS = 50_000_000L;
    private static final long COMPLETE_NANOS = 60_000_000_000L;
    private static final double FIRST_KILL = 0.10;
    private static final double LAST_KILL = 0.95;
    /** A short poll's client asks as fast as it can. */
    private static final int POLLERS = 2;

    private final Plan plan;
    private final Map<String, Long> lastOffsets = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Latencies latencies = new Latencies();
    private final List<Following> readers = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private volatile boolean publishing = true;
    private volatile long overNanos;

    /**
     * What is to be done.
     *
     * @param sluice the command that runs Sluice
     * @param folder for its data and configuration
     * @param readersPerKind readers of each kind of client
     */
    record Plan(
            List<String> sluice, Path folder, Duration length, Duration sampleEvery, int readersPerKind, long seed) {}

    /** One look at the server; {@code judged} when it belongs to the life between the two kills. */
    record Sample(
            double minute,
            boolean judged,
            double heapMegabytes,
            double residentMegabytes,
            double descriptors,
            double p50Millis,
            double p99Millis) {
        List<Double> values() {
            return List.of(heapMegabytes, residentMegabytes, descriptors, p50Millis, p99Millis);
        }
    }

    /** What came of it. */
    record Result(
            List<Sample> samples,
            List<Flatness.Verdict> verdicts,
            List<String> violations,
            Map<String, Integer> faults,
            List<Following> readers,
            long published) {
        boolean passed() {
            return violations.isEmpty() && verdicts.stream().allMatch(Flatness.Verdict::flat);
        }
    }

    Soak(Plan plan) {
        this.plan = plan;
    }

    /** Runs to the end; {@code said} is told each sample. */
    Result run(Consumer<Sample> said) throws IOException, InterruptedException {
        // Tails and the cache of cold reads are full soon after the first kill: whatever grows then has no bound.
        var config = Files.writeString(plan.folder.resolve("soak.yaml"), """
                hub: {data_dir: '%s', tail_messages: 256, disk: {cold_cache: 2MiB}}
                limits:
                  address: {connects: unlimited, subscribes: unlimited, publishes: unlimited, bytes: unlimited}
                """.formatted(plan.folder.resolve("data")));
        try (var server = ServerProcess.serving(plan.sluice, config);
                var network = FaultProxy.before(server.port());
                var faults = new Faults(network, server.port(), HEAVY, plan.seed)) {
            var threads = new ArrayList<Thread>();
            for (var channel : CHANNELS) {
                threads.add(start(() -> publish(server, channel, 0)));
            }
            threads.add(start(() -> publish(server, HEAVY, HEAVY_BYTES)));
            startReaders(at(network.uri()), threads);
            long start = System.nanoTime();
            torment(server, faults, start, said);
            faults.rest();
            publishing = false;
            for (var publisher : threads.subList(0, CHANNELS.size() + 1)) {
                publisher.join();
            }
            overNanos = System.nanoTime();
            network.cut(); // who has everything waits in vain for more
            for (var thread : threads) {
                thread.join();
            }
            readers.stream()
                    .filter(reader -> !reader.isComplete())
                    .forEach(reader -> violated(reader.name() + " did not get the last message"));
            return new Result(
                    samples,
                    verdicts(),
                    List.copyOf(violations),
                    faults.counts(),
                    readers,
                    lastOffsets.values().stream().mapToLong(Long::longValue).sum());
        }
    }

    private static Thread start(Runnable work) {
        return Thread.ofVirtual().start(work);
    }

    private static ServerAddress at(URI base) {
        return base::resolve;
    }

    private void startReaders(ServerAddress way, List<Thread> threads) {
        for (var kind : ClientKind.values()) {
            int count = kind == ClientKind.POLL ? Math.min(POLLERS, plan.readersPerKind) : plan.readersPerKind;
            for (int i = 0; i < count; i++) {
                readers.add(
                        new Following(kind, this, way, CHANNELS.get(i % CHANNELS.size()), plan.seed + readers.size()));
            }
        }
        readers.add(new Following(ClientKind.WEBSOCKET, this, way, HEAVY, plan.seed));
        readers.forEach(reader -> threads.add(start(reader)));
    }

    /** Publishes the time, ten times a second; again with the same key until it is acknowledged. */
    private void publish(ServerAddress server, String channel, int padding) {
        var api = new ApiClient(server);
        for (long n = 0; publishing; n++) {
            var body = "\"" + System.nanoTime() + " " + "x".repeat(padding) + "\"";
            boolean acknowledged = false;
            while (!acknowledged && publishing) {
                acknowledged = publish(api, channel, body, plan.seed + "-" + n);
                LockSupport.parkNanos(PUBLISH_NANOS);
            }
        }
    }

    private boolean publish(ApiClient api, String channel, String body, String key) {
        try {
            var answer = api.post(
                    "/v1/channels/" + channel + "/messages",
                    body,
                    "Idempotency-Key",
                    key,
                    "Content-Type",
                    "application/json");
            if (answer.status() == 201) {
                lastOffsets.put(
                        channel, Order.offsetOf(answer.json().path("position").asString()));
            }
            return answer.status() == 201;
        } catch (UncheckedIOException gone) {
            return false; // killed, and started again soon
        }
    }

    /** Faults, kills and samples until the time is over. */
    private void torment(ServerProcess server, Faults faults, long start, Consumer<Sample> said)
            throws IOException, InterruptedException {
        long length = plan.length.toNanos();
        long nextSample = start + plan.sampleEvery.toNanos();
        long nextFault = start;
        int kills = 0;
        // However slow the machine is, both kills belong to it.
        for (long now = start; kills < 2 || now - start < length; now = System.nanoTime()) {
            double part = (double) (now - start) / length;
            if (part >= (kills == 0 ? FIRST_KILL : LAST_KILL) && kills < 2) {
                server.kill();
                server.startAgain();
                faults.count("killed and started again");
                kills++;
            } else if (now >= nextSample) {
                nextSample += plan.sampleEvery.toNanos();
                samples.add(sample(server.pid(), (now - start) / 60e9, kills == 1));
                said.accept(samples.getLast());
            } else if (now >= nextFault) {
                nextFault = now + faults.pauseSeconds() * 1_000_000_000L;
                faults.strike();
            } else {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private Sample sample(long pid, double minute, boolean judged) throws IOException, InterruptedException {
        var waited = latencies.take(50, 99);
        double resident = Vitals.residentBytes(pid) / 1e6;
        return new Sample(
                minute,
                judged,
                Vitals.liveHeapBytes(pid) / 1e6,
                resident,
                Vitals.descriptors(pid),
                waited[0],
                waited[1]);
    }

    private List<Flatness.Verdict> verdicts() {
        var verdicts = new ArrayList<Flatness.Verdict>();
        for (int i = 0; i < MEASURES.size(); i++) {
            int measure = i;
            verdicts.add(MEASURES.get(i)
                    .judge(samples.stream()
                            .filter(Sample::judged)
                            .map(each -> each.values().get(measure))
                            .toList()));
        }
        return verdicts;
    }

    /** When a message with this data was published, as {@link System#nanoTime} says it. */
    static long published(String data) {
        return Long.parseLong(data.substring(1, data.indexOf(' ')));
    }

    /** A promise was broken; called by readers. */
    void violated(String what) {
        violations.add(what);
    }

    /** A reader got a message so long after it was published. */
    void latency(long nanos) {
        latencies.add(nanos);
    }

    /** The offset of the last message that was acknowledged. */
    long lastOffset(String channel) {
        return lastOffsets.getOrDefault(channel, 0L);
    }

    /** True once nobody publishes any more. */
    boolean isOver() {
        return overNanos != 0;
    }

    /** True once readers have had all the time that catching up can take. */
    boolean isTooLate() {
        return System.nanoTime() - overNanos > COMPLETE_NANOS;
    }
}
