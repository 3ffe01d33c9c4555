package io.sluice.hub.log;

import io.sluice.config.DataSize;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.net.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a disk engine: whatever queued up while the last batch was being written is the next batch. So the busier
 * it is, the more publications share one write and one sync.
 *
 * <p>Bounds: {@link #MAX_QUEUED} and {@link #MAX_QUEUED_BYTES} wait at most, then requests are refused with {@code overloaded};
 * a turn takes at most {@link #MAX_TURN} and {@link #MAX_TURN_BYTES}. A turn runs on the executor given, one at a time.
 *
 * <p>Design note on failure. A failed write is refused as a whole, and the store may still have kept it. Until a sweep finds
 * room, revives the store and writes that turn's undo, everything is refused at once and nothing is written. Reads go on.
 */
final class DiskWriter {
    static final int MAX_QUEUED = 16_384;
    static final long MAX_QUEUED_BYTES = 64 << 20;
    static final int MAX_TURN = 4_096;
    static final long MAX_TURN_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(DiskWriter.class);

    private final Executor executor;
    private final Clock clock;
    private final Store store;
    private final DataSize reserve;
    private final Upkeep upkeep;
    private final ConcurrentLinkedQueue<Work> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean sweepDue = new AtomicBoolean();
    /** One turn at a time; {@link #close} takes turns of its own. */
    private final ReentrantLock turns = new ReentrantLock();

    private volatile @Nullable String ailment;
    private volatile boolean closed;
    /** The turns'. */
    private long commit;
    /** The turns': present from a failed write until the store works again. */
    private @Nullable StoreBatch undo;
    /** The turns': logs that must stay open until {@link #undo} is written. */
    private List<DiskChannelLog> held = List.of();

    /**
     * Keyed state as it was before the turn that is being written, or that failed and is not undone: what the store has of it
     * may be taken back. A turn's map changes no more once it is here.
     */
    private volatile Map<Turn.Place, byte @Nullable []> unsettled = Map.of();

    private long writtenSinceRoomCheck;

    DiskWriter(Executor executor, Clock clock, Store store, DataSize reserve, Upkeep upkeep, long commit) {
        this.executor = executor;
        this.clock = clock;
        this.store = store;
        this.reserve = reserve;
        this.upkeep = upkeep;
        this.commit = commit;
        checkRoom();
    }

    @Nullable
    String ailment() {
        return ailment;
    }

    /** What counts in place of what the store has, where a write of it may still be taken back. From any thread. */
    Map<Turn.Place, byte @Nullable []> unsettled() {
        return unsettled;
    }

    /** Queues {@code work} for the next turn, or refuses it. From any thread. */
    void submit(Work work) {
        if (!reserve(work.bytes())) {
            work.refuse(Problem.of(ClientError.OVERLOADED, "too many publications wait to be stored"));
            return;
        }
        queue.add(work);
        schedule();
    }

    /** Makes room in the queue for work of so many bytes, if it has any. */
    private boolean reserve(int bytes) {
        if (queued.incrementAndGet() <= MAX_QUEUED) {
            if (queuedBytes.addAndGet(bytes) <= MAX_QUEUED_BYTES + bytes) {
                return true;
            }
            queuedBytes.addAndGet(-bytes);
        }
        queued.decrementAndGet();
        return false;
    }

    /** Has the next turn look after age, expired keys, room and health. */
    void sweep() {
        sweepDue.set(true);
        schedule();
    }

    private void schedule() {
        if (!scheduled.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException stopping) {
            run();
        }
    }

    private void run() {
        scheduled.set(false);
        boolean more;
        turns.lock();
        try {
            turn();
            more = !queue.isEmpty() || (!closed && undo == null && upkeep.isDue());
        } finally {
            turns.unlock();
        }
        if (more) {
            schedule();
        }
    }

    private void turn() {
        var works = take();
        if (closed) {
            var problem = Problem.of(ClientError.DRAINING, "the log is closed");
            works.forEach(work -> work.refuse(problem));
            return;
        }
        if (sweepDue.getAndSet(false)) {
            checkHealth();
            upkeep.begin();
        }
        var turn = new Turn(store, commit + 1, clock.now());
        var loads = new ArrayList<Work.Open>();
        int next = 0;
        try {
            if (undo == null && upkeep.isDue()) {
                upkeep.slice(turn, clock.now());
            }
            for (; next < works.size(); next++) {
                decide(works.get(next), turn, loads);
            }
            if (undo == null) {
                unsettled = turn.before();
            }
            if (turn.write()) {
                commit++;
                writtenSinceRoomCheck += turn.batch().bytes();
            }
        } catch (RuntimeException failure) {
            fail(turn, works.subList(next, works.size()), failure);
            loads.forEach(load -> Callbacks.run(load.load()));
            return;
        }
        if (undo == null) {
            unsettled = Map.of();
        }
        turn.show();
        loads.forEach(load -> Callbacks.run(load.load()));
        if (writtenSinceRoomCheck > reserve.bytes() / 4) {
            checkRoom();
        }
    }

    private List<Work> take() {
        var works = new ArrayList<Work>();
        long bytes = 0;
        while (works.size() < MAX_TURN && bytes < MAX_TURN_BYTES) {
            var work = queue.poll();
            if (work == null) {
                break;
            }
            works.add(work);
            bytes += work.bytes();
        }
        queued.addAndGet(-works.size());
        queuedBytes.addAndGet(-bytes);
        return works;
    }

    private void decide(Work work, Turn turn, List<Work.Open> loads) {
        var wrong = ailment;
        switch (work) {
            case Work.Open open -> loads.add(open);
            case Work.Append append when wrong == null -> turn.append(append);
            case Work.Update update when wrong == null -> turn.update(update);
            default -> work.refuse(Refusals.storage(String.valueOf(wrong)));
        }
    }

    private void fail(Turn turn, List<Work> undecided, RuntimeException failure) {
        if (failure instanceof StoreFailed) {
            LOG.warn("writing to the log failed: publications are refused until it works again", failure);
        } else {
            LOG.error("a turn of the log's writer failed", failure);
        }
        undo = turn.undo();
        held = turn.hold();
        ailment = "writing to the log failed: " + failure.getMessage();
        var problem = Refusals.storage("writing to the log failed");
        turn.refuse(problem);
        undecided.forEach(work -> work.refuse(problem));
    }

    /** Recovers from a failed write if it can, and looks how much room there is. */
    private void checkHealth() {
        var left = undo;
        if (left == null) {
            checkRoom();
            return;
        }
        try {
            if (store.usableBytes() < reserve.bytes() || !store.revive()) {
                return;
            }
            var batch = new StoreBatch();
            batch.addAll(left);
            Incarnation.putCommit(batch, commit + 1);
            store.write(batch, true);
            store.acknowledge(commit + 1, true);
        } catch (StoreFailed again) {
            ailment = "writing to the log failed: " + again.getMessage();
            return;
        }
        commit++;
        undo = null;
        unsettled = Map.of();
        held.forEach(DiskChannelLog::leave);
        held = List.of();
        ailment = null;
        LOG.info("the log works again");
        checkRoom();
    }

    private void checkRoom() {
        writtenSinceRoomCheck = 0;
        long room;
        try {
            room = store.usableBytes();
        } catch (StoreFailed unknown) {
            return;
        }
        var before = ailment;
        ailment = room < reserve.bytes() ? "less than " + reserve + " of room is left for the log" : null;
        if (ailment != null && before == null) {
            LOG.warn("the log is short of room: publications are refused until there is {}", reserve);
        } else if (ailment == null && before != null) {
            LOG.info("the log has room again");
        }
    }

    /** Writes what is queued, notes the clean stop and closes the store. Later work is refused. */
    void close() {
        turns.lock();
        try {
            if (closed) {
                return;
            }
            while (!queue.isEmpty()) {
                turn();
            }
            closed = true;
            turn(); // refuses what came meanwhile
            if (undo == null) {
                Incarnation.end(store, commit);
            }
        } catch (StoreFailed failure) {
            LOG.warn("the log could not note its clean stop", failure);
        } finally {
            store.close();
            turns.unlock();
        }
    }
}
