package io.sluice.simulation;

import io.sluice.config.DataSize;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.config.NamespaceConfig.LagPolicy;
import io.sluice.hub.ChannelName;
import io.sluice.hub.LogEngine;
import io.sluice.hub.log.EngineContext;
import io.sluice.hub.log.MemoryLog;
import io.sluice.hub.log.SimulatedDisk;
import io.sluice.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One run: what a seed makes of a server, its disk, its network, its clients and their time. Everything that happens is decided
 * by one random source in one thread, so that a seed is a run, again and again.
 */
public final class Simulation implements World {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration SPREAD = Duration.ofSeconds(3);
    private static final int MAX_LAG = 12;
    private static final long GIVE_UP_NANOS = Duration.ofSeconds(45).toNanos();
    private static final List<String> CHANNELS = List.of("room:1", "vault:1", "ticker:1", "strict:1");

    final List<Reader> readers = new ArrayList<>();
    final Senders senders;
    final HubConfig config;
    final boolean onDisk;
    /** What a webhook of the server calls, in a third of the seeds. */
    final @Nullable WebhookEndpoint endpoint;

    private final boolean lateWakeUps;
    private final long seed;
    private final Random random;
    private final ManualClock clock = new ManualClock();
    private final Truth truth = new Truth(WINDOW.toMillis());
    private final Transcript transcript;
    private final SimulatedDisk disk = new SimulatedDisk();
    private @Nullable SimulatedServer server;
    private int step;
    private int faults;
    private boolean broken;
    private int lives;
    private int boots;

    private Simulation(long seed, boolean keepTranscript) {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.transcript = new Transcript(keepTranscript);
        this.onDisk = random.nextInt(4) > 0;
        this.lateWakeUps = random.nextInt(3) == 0;
        this.endpoint = random.nextInt(3) == 0 ? new WebhookEndpoint(channels(), this) : null;
        int keeps = 2 + random.nextInt(12);
        senders = new Senders(this, CHANNELS.subList(0, 1 + random.nextInt(CHANNELS.size())));
        var room = namespace(Durability.PROCESS, keeps);
        config = new HubConfig()
                .with(Map.of(
                        "default", room,
                        "vault", namespace(Durability.POWER, keeps),
                        "ticker", room.lagging(LagPolicy.LATEST, MAX_LAG),
                        "strict", room.lagging(LagPolicy.CLOSE, MAX_LAG)))
                .withTail(2 + random.nextInt(10))
                .waiting(GRACE, Duration.ofMillis(random.nextInt(6)));
    }

    private NamespaceConfig namespace(Durability durability, int keeps) {
        var engine = onDisk ? "disk" : "memory";
        return new NamespaceConfig()
                .on(engine, onDisk ? durability : Durability.MEMORY)
                .keeping(keeps, DataSize.mib(1), Duration.ofHours(1))
                .remembering(WINDOW);
    }

    /** What is wrong with a seed, and how it came to be. */
    public record Failure(long seed, Throwable violation, List<String> transcript) {
        @Override
        public String toString() {
            return "seed " + seed + ": " + violation.getMessage() + "\n" + String.join("\n", transcript)
                    + "\nreplay: ./sluice simulate --seeds 1 --seed " + seed;
        }
    }

    /** Plays a seed; null when every promise was kept, else what was not, from a second run that wrote everything down. */
    public static @Nullable Failure play(long seed) {
        if (attempt(new Simulation(seed, false)) == null) {
            return null;
        }
        var again = new Simulation(seed, true);
        var violation = attempt(again);
        if (violation == null) {
            violation = new IllegalStateException("the second run of the seed was another one");
        }
        return new Failure(seed, violation, again.transcript.lines());
    }

    /** The transcript of a seed, whatever comes of it. */
    public static List<String> transcriptOf(long seed) {
        var run = new Simulation(seed, true);
        attempt(run);
        return run.transcript.lines();
    }

    private static @Nullable Throwable attempt(Simulation run) {
        try {
            run.play();
            return null;
        } catch (RuntimeException | Violation failure) {
            return failure;
        }
    }

    private void play() {
        start();
        int count = 2 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            readers.add(new Reader(
                    i, "user-" + random.nextInt(2), channels(), random.nextBoolean() ? "earliest" : "latest", this));
        }
        int steps = 60 + random.nextInt(220);
        for (step = 0; step < steps; step++) {
            guarded(this::step);
        }
        new Ending(this).play();
    }

    private List<ChannelName> channels() {
        var names = new ArrayList<>(CHANNELS.subList(0, 1 + random.nextInt(CHANNELS.size())));
        java.util.Collections.shuffle(names, random);
        return names.subList(0, 1 + random.nextInt(names.size())).stream()
                .map(ChannelName::new)
                .toList();
    }

    /** One thing happens. */
    private void step() {
        int dice = random.nextInt(1000);
        if (dice < 430) {
            work();
        } else if (dice < 640) {
            arrive();
        } else if (dice < 730) {
            senders.publish();
        } else if (dice < 770) {
            senders.command();
        } else if (dice < 850) {
            reader().connect(Reader.Kind.ALL.get(random.nextInt(4)));
        } else if (dice < 890) {
            reader().leave(random.nextInt(4) == 0);
        } else if (dice < 940) {
            stall(random.nextInt(5) < 2);
        } else if (dice < 972) {
            advance(Duration.ofMillis(random.nextInt(50)));
        } else if (dice < 981) {
            advance(Duration.ofMillis(1_000 + random.nextInt(30_000)));
        } else {
            fault();
        }
    }

    Reader reader() {
        return readers.get(random.nextInt(readers.size()));
    }

    /** A thread of the server does its next task. */
    boolean work() {
        return server != null && server.runOne(random);
    }

    /** Something arrives at a client; false when there is nothing. */
    boolean arrive() {
        if (endpoint != null && random.nextInt(4) == 0 && endpoint.answer(random)) {
            return true;
        }
        var publishes = senders.underWay;
        int all = readers.size() + publishes.size();
        int first = random.nextInt(all);
        for (int i = 0; i < all; i++) {
            int at = (first + i) % all;
            if (at < readers.size()) {
                var line = readers.get(at).line();
                if (line != null && line.connection().arrive(random)) {
                    return true;
                }
            } else if (publishes.get(at - readers.size()).connection().arrive(random)) {
                publishes.removeIf(Publish::isOver);
                return true;
            }
        }
        return endpoint != null && endpoint.answer(random);
    }

    private void stall(boolean on) {
        var line = reader().line();
        if (line != null) {
            said("%s reads", on ? "nobody" : "somebody");
            line.connection().stall(on);
        }
    }

    @Override
    public String newData() {
        return senders.newData();
    }

    /** Time goes on, and what is done once a second is done. */
    void advance(Duration by) {
        clock.advance(by);
        var open = server;
        if (open != null) {
            open.connections.forEach(connection -> connection.giveUp(clock.nanos(), GIVE_UP_NANOS));
            open.connections.removeIf(Connection::isGone);
            if (by.toMillis() >= 1000 || random.nextInt(3) == 0) {
                open.hub.sweep();
            }
        }
    }

    private void fault() {
        int kind = random.nextInt(13);
        if (server == null || kind == 0) {
            start();
        } else if (kind <= 2 && onDisk) {
            fault("writes fail", () -> disk.failWrites(random.nextBoolean()));
        } else if (kind == 3 && onDisk) {
            fault("reads fail", disk::failReads);
        } else if (kind == 4 && onDisk) {
            fault("the disk is full", disk::fill);
        } else if (kind <= 6) {
            repair();
        } else if (kind >= 10) {
            quietMinute();
        } else if (kind == 7) {
            drain();
        } else if (kind == 8 && onDisk) {
            said("the process will end in a write");
            disk.endProcessAfter(random.nextInt(6));
        } else {
            end(onDisk && random.nextBoolean());
        }
    }

    /** Everybody leaves for so long that channels are let go of. */
    private void quietMinute() {
        said("everybody leaves for a minute");
        readers.forEach(reader -> reader.leave(false));
        for (int i = 0; i < 40; i++) {
            work();
        }
        advance(Duration.ofSeconds(6));
        advance(Duration.ofSeconds(61));
    }

    private void fault(String what, Runnable break0) {
        said("%s", what);
        faults++;
        broken = true;
        break0.run();
    }

    /** The disk works again; the next sweep finds out. */
    void repair() {
        var open = server;
        if (open != null && !open.isDraining()) {
            said("the disk works");
            faults++;
            disk.repair();
            broken = false;
            open.hub.sweep();
            while (open.writer.runOne()) {
                // Until it has found out.
            }
            Violation.unless(open.hub.ailment() == null, "it recovers by itself", String.valueOf(open.hub.ailment()));
        }
    }

    private void drain() {
        var open = server;
        if (open != null && !open.isDraining()) {
            said("the server drains");
            faults++;
            broken = true;
            open.drain(SPREAD);
        }
    }

    /** The server stops as it should: what is under way finishes, what was acknowledged stays. */
    void stop() {
        var open = server;
        if (open != null) {
            said("the server stops");
            open.engine.close();
            ended(open);
        }
    }

    /** The server ends without a word. */
    private void end(boolean powerCut) {
        var open = server;
        if (open == null) {
            return;
        }
        if (open.isDraining() && random.nextBoolean()) {
            stop();
            return;
        }
        said(powerCut ? "the power is cut" : "the process is killed");
        ended(open);
        if (powerCut) {
            forgetEndpoint(true);
            disk.powerCut(random);
            boots++;
            truth.mayLoseMarkers();
            for (var channel : CHANNELS) {
                if (!channel.startsWith("vault")) {
                    truth.mayLose(channel);
                }
            }
        }
    }

    private void ended(SimulatedServer open) {
        faults++;
        open.ended();
        server = null;
        disk.processEnded();
        forgetEndpoint(!onDisk);
        if (!onDisk) {
            CHANNELS.forEach(truth::mayLose);
            truth.mayLoseMarkers();
        }
    }

    private void forgetEndpoint(boolean all) {
        if (endpoint != null) {
            endpoint.serverEnded(all);
        }
    }

    /** Runs {@code something} that may run into the end of the process. */
    void guarded(Runnable something) {
        try {
            something.run();
        } catch (SimulatedDisk.ProcessEnded end) {
            var open = server;
            said("the process ends in a write");
            if (open != null) {
                ended(open);
            }
        }
    }

    /** Starts a server where none runs. */
    void start() {
        if (server == null) {
            said("a server starts");
            disk.repair();
            broken = false;
            server = new SimulatedServer(
                    config,
                    clock,
                    seed + lives++,
                    "boot-" + boots,
                    this::engine,
                    lateWakeUps ? random : null,
                    endpoint);
        }
    }

    private LogEngine engine(EngineContext context) {
        return onDisk ? disk.start(context) : new MemoryLog(new MemoryLog.Settings(), context);
    }

    /** How many faults there have been. */
    int faults() {
        return faults;
    }

    /** Fails unless something has been wrong since {@code faultsBefore}. */
    void excused(int faultsBefore, String promise, String what) {
        Violation.unless(broken || faults > faultsBefore, promise, what);
    }

    @Override
    public @Nullable SimulatedServer server() {
        return server;
    }

    @Override
    public ManualClock clock() {
        return clock;
    }

    @Override
    public Random random() {
        return random;
    }

    @Override
    public Truth truth() {
        return truth;
    }

    @Override
    public int window() {
        return 200 + random.nextInt(4_000);
    }

    @Override
    public void said(String format, Object... arguments) {
        transcript.add(step, clock.nanos(), format, arguments);
    }

    @Override
    public void refused(Reader reader, Connection.Answer answer) {
        var text = new String(answer.body(), StandardCharsets.UTF_8);
        refused(reader, text.substring(0, Math.max(0, text.indexOf(':'))), text);
    }

    @Override
    public void refused(Reader reader, String code, String detail) {
        said("%s is refused: %s", reader, detail);
        Violation.unless(code.equals("storage-unavailable") || code.equals("draining"), "a cursor stays valid", detail);
        excused(Math.max(0, faults - 1), "a reader is refused only with a reason", detail);
    }

    @Override
    public void closed(Reader reader, int code) {
        said("%s is closed with %d", reader, code);
        boolean strict =
                reader.channels.stream().anyMatch(channel -> channel.value().startsWith("strict"));
        switch (code) {
            case 4503 -> excused(0, "4503 comes with a drain", reader.toString());
            case 1011 -> excused(0, "1011 comes with a fault", reader.toString());
            case 4429 -> Violation.unless(strict, "only a namespace that says so sends slow readers away", "4429");
            case 4408 -> {
                // It was silent for too long: it may have been stalled.
            }
            default -> throw new Violation("a reader is closed only with a reason", reader + " with " + code);
        }
    }

    @Override
    public void hinted(int waitMillis) {
        Violation.unless(
                waitMillis >= 0 && waitMillis <= SPREAD.toMillis(), "hints lie within the spread", "" + waitMillis);
    }
}
