package io.sluice.hub.log;

import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.config.NamespaceConfig;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelLog.Batch;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.LogEngine;
import io.sluice.testkit.ManualClock;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A disk engine on a simulated disk, whose threads are two queues: what is to be done waits until the test does it. */
final class SteppedEngine {
    final ManualClock clock = new ManualClock();
    final SimulatedStore store;
    final ArrayDeque<Runnable> writer = new ArrayDeque<>();
    final ArrayDeque<Runnable> reader = new ArrayDeque<>();
    /** What answered the appends: offsets, {@code replayed}, codes of refusals. */
    final List<String> answers = new ArrayList<>();

    final DiskLog engine;
    private final HubConfig hub;
    private final DiskConfig settings;
    private boolean stopping;

    SteppedEngine(HubConfig hub, DiskConfig settings) {
        this(hub, settings, new SimulatedStore());
    }

    SteppedEngine(HubConfig hub, DiskConfig settings, SimulatedStore store) {
        this.hub = hub;
        this.settings = settings;
        this.store = store;
        this.engine = startedOn(store);
    }

    /** One more engine with the same threads: the next process, on the disk that it finds. */
    DiskLog startedOn(SimulatedStore disk) {
        var context = new EngineContext(clock, hub, executor(writer), executor(reader), new Random(1), () -> "boot");
        return new DiskLog(settings, context, Path.of("unused"), path -> disk);
    }

    private Executor executor(ArrayDeque<Runnable> tasks) {
        return task -> {
            if (stopping) {
                throw new RejectedExecutionException("stopping");
            }
            tasks.add(task);
        };
    }

    /** From now on the threads take nothing, or take it again. */
    void stopping(boolean stop) {
        stopping = stop;
    }

    ChannelLog open(String channel, NamespaceConfig namespace) {
        var opened = new ArrayList<LogEngine.Opened>();
        engine.open(new ChannelName(channel), namespace, told -> {}, opened::add);
        run();
        return ((LogEngine.Opened.Ready) opened.getFirst()).log();
    }

    void append(ChannelLog log, String text) {
        append(log, EngineWorld.draft(text));
    }

    void append(ChannelLog log, Draft draft) {
        log.append(
                draft,
                appended -> answers.add(
                        switch (appended) {
                            case Appended.Stored(var position, var time) -> Long.toString(position.offset());
                            case Appended.Replayed replayed -> "replayed";
                            case Appended.Refused(var problem) ->
                                problem.error().code();
                        }));
    }

    /** Stores so many publications of one text. */
    void store(ChannelLog log, int count, String text) {
        for (int i = 0; i < count; i++) {
            append(log, text);
        }
        runWriter();
    }

    /** Begins to read; the list gets the answer, or all of them should there be several. */
    List<Batch> reading(ChannelLog log, long after, int limit, int maxBytes) {
        var batches = new ArrayList<Batch>();
        log.read(after, limit, maxBytes, batches::add);
        return batches;
    }

    /** Does all that is to be done. */
    void run() {
        while (!writer.isEmpty() || !reader.isEmpty()) {
            var task = writer.isEmpty() ? reader.remove() : writer.remove();
            task.run();
        }
    }

    /** Does what waits for the writer and leaves what waits for a reader. */
    void runWriter() {
        while (!writer.isEmpty()) {
            writer.remove().run();
        }
    }

    /** Sweeps, and does all that is to be done. */
    void sweep() {
        engine.sweep();
        run();
    }
}
