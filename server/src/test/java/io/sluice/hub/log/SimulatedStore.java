package io.sluice.hub.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A disk in memory that can lose its power, run full and count what is asked of it. Thread-safe. */
final class SimulatedStore implements Store {
    private final Map<Family, NavigableMap<byte[], byte[]>> live = maps();
    private final Map<Family, NavigableMap<byte[], byte[]>> synced = maps();
    private final List<StoreBatch> unsynced = new ArrayList<>();
    final AtomicInteger scans = new AtomicInteger();
    final AtomicInteger visits = new AtomicInteger();
    final AtomicInteger syncs = new AtomicInteger();
    private @Nullable Acknowledged acknowledged;
    private long usable = Long.MAX_VALUE;
    private boolean failing;
    private boolean keepsWhatFails;
    private boolean failingReads;
    private int momentsLeft = -1;
    private boolean closed;

    private static Map<Family, NavigableMap<byte[], byte[]>> maps() {
        var maps = new EnumMap<Family, NavigableMap<byte[], byte[]>>(Family.class);
        for (var family : Family.values()) {
            maps.put(family, new TreeMap<>(Arrays::compareUnsigned));
        }
        return maps;
    }

    /** The disk after a power cut: what was not synced is gone, and so is the note of what was acknowledged since. */
    synchronized SimulatedStore afterPowerCut() {
        var next = new SimulatedStore();
        synced.forEach((family, map) -> {
            next.of(next.live, family).putAll(map);
            next.of(next.synced, family).putAll(map);
        });
        next.acknowledged =
                acknowledged == null ? null : new Acknowledged(acknowledged.synced(), acknowledged.synced());
        return next;
    }

    /**
     * The same where the cut also left the first few of what was not synced, in order, and perhaps the newest note of what was
     * acknowledged.
     */
    synchronized SimulatedStore afterPowerCut(Random random) {
        var next = afterPowerCut();
        int kept = random.nextInt(unsynced.size() + 1);
        for (var batch : unsynced.subList(0, kept)) {
            next.apply(batch, next.live);
            next.apply(batch, next.synced);
        }
        if (random.nextBoolean()) {
            next.acknowledged = acknowledged;
        }
        return next;
    }

    /** The same disk for the next process. */
    synchronized SimulatedStore afterKill() {
        var next = new SimulatedStore();
        live.forEach((family, map) -> next.of(next.live, family).putAll(map));
        synced.forEach((family, map) -> next.of(next.synced, family).putAll(map));
        next.unsynced.addAll(unsynced);
        next.acknowledged = acknowledged;
        return next;
    }

    /** From now on writes fail; with {@code kept} they are made all the same, as a disk that fails late does. */
    synchronized void failWrites(boolean kept) {
        failing = true;
        keepsWhatFails = kept;
    }

    /** From now on reads of publications fail, or no longer. */
    synchronized void failReads(boolean fail) {
        failingReads = fail;
    }

    /** Ends the process at the n-th moment from now: before or after a write, or after noting an acknowledgement. */
    synchronized void endProcessAfter(int moments) {
        momentsLeft = moments;
    }

    private void moment() {
        if (momentsLeft >= 0 && momentsLeft-- == 0) {
            throw new SimulatedDisk.ProcessEnded();
        }
    }

    synchronized void work() {
        failing = false;
    }

    synchronized void usableBytes(long bytes) {
        usable = bytes;
    }

    synchronized int size(Family family) {
        return of(live, family).size();
    }

    private NavigableMap<byte[], byte[]> of(Map<Family, NavigableMap<byte[], byte[]>> maps, Family family) {
        refuseWhenClosed();
        return Objects.requireNonNull(maps.get(family));
    }

    private void refuseWhenClosed() {
        if (closed) {
            throw new StoreFailed("closed");
        }
    }

    @Override
    public synchronized byte @Nullable [] get(Family family, byte[] key) {
        if (failingReads && family == Family.MARKERS) {
            throw new StoreFailed("Input/output error");
        }
        return of(live, family).get(key);
    }

    @Override
    public void scan(Family family, byte[] from, byte[] to, Visitor visitor) {
        visit(copy(family, from, to), visitor);
    }

    @Override
    public void scanBackwards(Family family, byte[] from, byte[] to, Visitor visitor) {
        visit(copy(family, from, to).descendingMap(), visitor);
    }

    private synchronized NavigableMap<byte[], byte[]> copy(Family family, byte[] from, byte[] to) {
        if (family == Family.PUBLICATIONS) {
            scans.incrementAndGet();
            if (failingReads) {
                throw new StoreFailed("Input/output error");
            }
        }
        return new TreeMap<>(of(live, family).subMap(from, true, to, false));
    }

    private void visit(NavigableMap<byte[], byte[]> entries, Visitor visitor) {
        for (var entry : entries.entrySet()) {
            visits.incrementAndGet();
            if (!visitor.visit(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    @Override
    public synchronized void write(StoreBatch batch, boolean sync) {
        moment();
        if (!failing || keepsWhatFails) {
            apply(batch, live);
            unsynced.add(batch);
        }
        if (failing) {
            throw new StoreFailed("No space left on device");
        }
        if (sync) {
            syncs.incrementAndGet();
            unsynced.forEach(each -> apply(each, synced));
            unsynced.clear();
        }
        moment();
    }

    private void apply(StoreBatch batch, Map<Family, NavigableMap<byte[], byte[]>> maps) {
        for (var change : batch.changes()) {
            switch (change) {
                case StoreBatch.Put put -> of(maps, put.family()).put(put.key(), put.value());
                case StoreBatch.Delete delete -> of(maps, delete.family()).remove(delete.key());
                case StoreBatch.DeleteRange range ->
                    of(maps, range.family())
                            .subMap(range.from(), true, range.to(), false)
                            .clear();
            }
        }
    }

    @Override
    public synchronized @Nullable Acknowledged acknowledged() {
        refuseWhenClosed();
        return acknowledged;
    }

    @Override
    public synchronized void acknowledge(long commit, boolean withSync) {
        refuseWhenClosed();
        long lastSynced = acknowledged == null ? 0 : acknowledged.synced();
        acknowledged = new Acknowledged(commit, withSync ? commit : lastSynced);
        moment();
    }

    @Override
    public synchronized boolean revive() {
        return !failing && !closed;
    }

    @Override
    public synchronized long estimate(Family family) {
        return of(live, family).size();
    }

    @Override
    public synchronized long usableBytes() {
        return usable;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
