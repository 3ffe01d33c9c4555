package io.sluice.hub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.net.Loop;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The readers of one channel on one loop. {@link #wake} may be called from any thread; everything else is confined to the
 * loop.
 *
 * <p>One task serves all readers: it is queued at most once at a time, and each reader takes from its cursor whatever is
 * pending when the task runs. Where more than one publication was pending, it then rests for as long as it took, at most for the
 * batch window: a channel that is faster than its readers can be served one by one leaves in fewer and larger writes, and leaves
 * others half of the loop. A slower one is never delayed.
 */
final class LoopReaders implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LoopReaders.class);

    /** The most bytes that one delivery carries, unless a single publication is larger. */
    static final int BATCH_BYTES = 64 * 1024;

    /** After a turn of less than this share of the window there is no rest: the timer would cost more than is gained. */
    private static final int WINDOW_SHARE = 50;

    /** How many readers are looked at before the first of them is served. */
    private static final int LOOK_AHEAD = 32;

    /** Where the task that wakes all readers stands. {@code AGAIN}: it runs, and something came meanwhile. */
    private enum Task {
        NONE,
        QUEUED,
        RUNNING,
        AGAIN
    }

    private final ChannelLog log;
    private final Loop loop;
    private final long windowNanos;
    private final ByteBufAllocator allocator;
    private final HubMetrics metrics;
    private final ArrayList<Reader> readers = new ArrayList<>();
    private final AtomicReference<Task> task = new AtomicReference<>(Task.NONE);
    private final @Nullable Shared[] shared = new Shared[Wire.MAX_WIRES];
    /** The same for unlisted wires: those that somebody read with in this turn. */
    private @Nullable IdentityHashMap<Wire, Shared> unlisted;

    private long collectedLast;
    private long delivered;
    private volatile int behind;
    private volatile long lag;
    /** When what the next turn serves first became visible. */
    private volatile long pendingSinceNanos;

    private volatile int count;
    private long servedNewest;
    private volatile long endedNanos;
    private volatile long restNanos;

    LoopReaders(ChannelLog log, Loop loop, long windowNanos, ByteBufAllocator allocator, HubMetrics metrics) {
        this.log = log;
        this.metrics = metrics;
        this.loop = loop;
        this.windowNanos = windowNanos;
        this.allocator = allocator;
        this.servedNewest = log.newest();
    }

    Loop loop() {
        return loop;
    }

    /** How many readers there are; any thread may ask. */
    int count() {
        return count;
    }

    /** How many of them could not take what came last, because their peers had not taken what came before; any thread. */
    int behind() {
        return behind;
    }

    /** How far the last of those was behind; any thread. */
    long lag() {
        return lag;
    }

    /**
     * Adds a reader. From here on it is woken; it must look at the log once after this, because what came before did not
     * wake it. (The appender writes {@code newest} and then reads {@code count}; we write {@code count} and then the reader
     * reads {@code newest}: one of the two sees the other, so nothing falls between.)
     */
    void add(Reader reader) {
        reader.place = readers.size();
        readers.add(reader);
        count = readers.size();
    }

    void remove(Reader reader) {
        int place = reader.place;
        if (place < 0) {
            return;
        }
        var last = readers.removeLast();
        if (last != reader) {
            readers.set(place, last);
            last.place = place;
        }
        reader.place = -1;
        count = readers.size();
    }

    /** Queues the task that wakes all readers, unless it is queued already. */
    void wake() {
        if (count == 0) {
            return;
        }
        var now = task.get();
        while (now == Task.NONE || now == Task.RUNNING) {
            pendingSinceNanos = loop.clock().nanos();
            if (task.compareAndSet(now, now == Task.NONE ? Task.QUEUED : Task.AGAIN)) {
                if (now == Task.NONE) {
                    queue();
                }
                return;
            }
            now = task.get();
        }
    }

    private void queue() {
        long wait = restNanos == 0 ? 0 : restNanos - (loop.clock().nanos() - endedNanos);
        if (wait <= 0) {
            loop.execute(this);
        } else {
            loop.schedule(this, wait);
        }
    }

    /**
     * Wakes every reader. Runs on the loop.
     *
     * <p>The state of thousands of readers lies far apart in memory, and the system calls between two of them push it out of
     * the caches. Looking at a few dozen before serving them lets their cache misses overlap; it was measured at a sixth of
     * the whole cost of a delivery.
     */
    @Override
    public void run() {
        long since = pendingSinceNanos;
        task.set(Task.RUNNING);
        long start = loop.clock().nanos();
        long newest = log.newest();
        long pending = newest - servedNewest;
        servedNewest = newest;
        try {
            serve();
        } finally {
            // Also after a failure: a channel that stayed RUNNING would never be woken again.
            boolean served = delivered > 0;
            endTurn();
            long now = loop.clock().nanos();
            if (served) {
                metrics.fannedOut(now - since);
            }
            endedNanos = now;
            restNanos = pending > 1 ? rest(now - start) : 0;
            if (!task.compareAndSet(Task.RUNNING, Task.NONE)) {
                task.set(Task.QUEUED);
                queue();
            }
        }
    }

    private long rest(long turnNanos) {
        return turnNanos * WINDOW_SHARE < windowNanos ? 0 : Math.min(turnNanos, windowNanos);
    }

    private void serve() {
        int busy = 0;
        long furthest = 0;
        // Backwards, so that a reader which leaves while it is woken does not hide another.
        for (int end = readers.size(); end > 0; end -= LOOK_AHEAD) {
            int begin = Math.max(0, end - LOOK_AHEAD);
            for (int i = Math.min(end, readers.size()) - 1; i >= begin; i--) {
                var reader = readers.get(i);
                if (!reader.takes()) {
                    busy++;
                    furthest = Math.max(furthest, reader.lag());
                }
            }
            for (int i = end - 1; i >= begin; i--) {
                if (i < readers.size()) {
                    wake(readers.get(i));
                }
            }
        }
        behind = busy;
        lag = furthest;
    }

    private void wake(Reader reader) {
        try {
            reader.woken(this);
        } catch (RuntimeException bug) {
            // It costs the session in which it happened; the others of this turn are served.
            LOG.error("reader failed", bug);
            reader.failed();
        }
    }

    /** Hands a notice to every reader, encoded once per wire. */
    void notice(Notice notice) {
        var encoded = new EncodedNotice(notice);
        for (int i = readers.size() - 1; i >= 0; i--) {
            if (i < readers.size()) {
                readers.get(i).noticed(encoded);
            }
        }
        encoded.release();
    }

    /**
     * Encodes publications from {@code first} on, as many as fit a batch and are in memory, at most up to {@code newest}.
     * Readers at the same cursor get the same bytes. Returns the offset of the last one, or 0 when {@code first} is not in
     * memory. The bytes are lent by {@link #bytes} until {@link #endTurn} or the next call.
     */
    long encode(Wire wire, long first, long newest, boolean single) {
        var share = shared(wire);
        if (share.bytes != null && share.first == first && !(single && share.last != first)) {
            if (share.last == newest || single || share.isFull()) {
                return share.last;
            }
        }
        share.forget();
        var publication = log.peek(first);
        return publication == null ? 0 : share.keep(collect(wire, publication, newest, single), first, collectedLast);
    }

    /** The same for publications that came from a cold read: consecutive, at least one; those that fit. */
    long encode(Wire wire, List<Publication> publications, boolean single) {
        var share = shared(wire);
        share.forget();
        var bytes = publications.getFirst().encoded(wire, allocator);
        int taken = 1;
        if (!single && publications.size() > 1) {
            var batch = allocator.directBuffer(Math.max(4096, 2 * bytes.readableBytes()));
            append(batch, bytes);
            while (taken < publications.size() && batch.readableBytes() < BATCH_BYTES) {
                append(batch, publications.get(taken++).encoded(wire, allocator));
            }
            bytes = batch;
        }
        long first = publications.getFirst().offset();
        return share.keep(bytes, first, first + taken - 1);
    }

    private ByteBuf collect(Wire wire, Publication publication, long newest, boolean single) {
        long last = publication.offset();
        var bytes = publication.encoded(wire, allocator);
        if (!single && newest > last && bytes.readableBytes() < BATCH_BYTES) {
            long expected = bytes.readableBytes() * (newest - last + 1) + 64;
            var batch = allocator.directBuffer((int) Math.min(BATCH_BYTES + 4096, expected));
            append(batch, bytes);
            while (last < newest && batch.readableBytes() < BATCH_BYTES) {
                var following = log.peek(last + 1);
                if (following == null) {
                    break;
                }
                append(batch, following.encoded(wire, allocator));
                last++;
            }
            bytes = batch;
        }
        collectedLast = last;
        return bytes;
    }

    /** What {@link #encode} made for {@code wire}; lent, not given. */
    ByteBuf bytes(Wire wire) {
        var bytes = shared(wire).bytes;
        if (bytes == null) {
            throw new IllegalStateException("nothing was encoded");
        }
        return bytes;
    }

    private Shared shared(Wire wire) {
        int slot = wire.index();
        if (slot == Wire.UNLISTED) {
            if (unlisted == null) {
                unlisted = new IdentityHashMap<>();
            }
            return unlisted.computeIfAbsent(wire, w -> new Shared());
        }
        var share = shared[slot];
        if (share == null) {
            share = new Shared();
            shared[slot] = share;
        }
        return share;
    }

    /** Counts what was handed to one reader. */
    void delivered(long publications) {
        delivered += publications;
    }

    /** Gives the shared encodings back. Whoever calls {@link #encode} outside {@link #run} calls this afterwards. */
    void endTurn() {
        if (delivered > 0) {
            metrics.delivered(delivered);
            delivered = 0;
        }
        for (var share : shared) {
            if (share != null) {
                share.forget();
            }
        }
        if (unlisted != null) {
            unlisted.values().forEach(Shared::forget);
            unlisted.clear(); // its wires may never be read with again
        }
    }

    /** Copies {@code encoded} and releases it. */
    private static void append(ByteBuf batch, ByteBuf encoded) {
        batch.writeBytes(encoded, encoded.readerIndex(), encoded.readableBytes());
        encoded.release();
    }

    /** What readers with one wire and at one cursor have in common in this turn. */
    private static final class Shared {
        private @Nullable ByteBuf bytes;
        private long first;
        private long last;

        long keep(ByteBuf encoded, long from, long to) {
            bytes = encoded;
            first = from;
            last = to;
            return to;
        }

        boolean isFull() {
            return bytes != null && bytes.readableBytes() >= BATCH_BYTES;
        }

        void forget() {
            if (bytes != null) {
                bytes.release();
                bytes = null;
            }
        }
    }

    /** A notice and its bytes, made when the first reader of a wire asks. Notices go out in listed wires only. */
    final class EncodedNotice {
        private final Notice notice;
        private final @Nullable ByteBuf[] encoded = new ByteBuf[Wire.MAX_WIRES];

        private EncodedNotice(Notice notice) {
            this.notice = notice;
        }

        /** Lent, not given. */
        ByteBuf in(Wire wire) {
            var bytes = encoded[wire.index()];
            if (bytes == null) {
                bytes = wire.encode(notice, allocator);
                encoded[wire.index()] = bytes;
            }
            return bytes;
        }

        private void release() {
            for (var bytes : encoded) {
                if (bytes != null) {
                    bytes.release();
                }
            }
        }
    }
}
