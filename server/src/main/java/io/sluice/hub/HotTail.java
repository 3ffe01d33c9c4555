package io.sluice.hub;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest publications of one channel in memory: a ring that one appender writes and any thread reads without a lock.
 * The memory engine's whole log is one; engines that store elsewhere keep one in front.
 *
 * <p>Writers call {@link #add}, {@link #trimTo} and {@link #clear} one at a time (under the engine's leaf lock or on its one
 * writer thread). Readers may see a publication leave between two calls and must take null for an answer.
 */
public final class HotTail {
    private static final int INITIAL = 8;

    private final int maxMessages;
    private final long maxBytes;
    private volatile AtomicReferenceArray<@Nullable Publication> ring = new AtomicReferenceArray<>(INITIAL);
    private volatile long newest;
    private volatile long oldest;
    private long bytes;

    /** @param after the offset before the first that will be added */
    public HotTail(long after, int maxMessages, long maxBytes) {
        this.newest = after;
        this.oldest = after + 1;
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** Offset of the newest publication, or of what came before the first. */
    public long newest() {
        return newest;
    }

    /** Offset of the oldest publication in memory; {@code newest() + 1} when there is none. */
    public long oldest() {
        return oldest;
    }

    /** Payload weight held, in bytes. For the writer. */
    public long bytes() {
        return bytes;
    }

    public @Nullable Publication peek(long offset) {
        if (offset < oldest || offset > newest) {
            return null;
        }
        var current = ring;
        var publication = current.get((int) (offset & (current.length() - 1)));
        return publication != null && publication.offset() == offset ? publication : null;
    }

    /** Adds the next publication and drops from the far end what exceeds the bounds. At least the new one stays. */
    public void add(Publication publication) {
        long offset = publication.offset();
        if (offset != newest + 1) {
            throw new IllegalStateException("offset " + offset + " does not follow " + newest);
        }
        bytes += publication.weight();
        while (newest + 1 - oldest >= maxMessages || (bytes > maxBytes && oldest <= newest)) {
            dropOldest();
        }
        if (offset - oldest >= ring.length()) {
            grow();
        }
        ring.set((int) (offset & (ring.length() - 1)), publication);
        newest = offset;
    }

    /** Drops everything before {@code offset}. */
    public void trimTo(long offset) {
        while (oldest < offset && oldest <= newest) {
            dropOldest();
        }
        if (oldest > newest && ring.length() > INITIAL) {
            ring = new AtomicReferenceArray<>(INITIAL); // a channel that fell silent keeps no large empty ring
        }
    }

    /** Drops everything; offsets go on. */
    public void clear() {
        trimTo(newest + 1);
    }

    private void dropOldest() {
        var current = ring;
        long leavingOffset = oldest;
        int slot = (int) (leavingOffset & (current.length() - 1));
        var leaving = current.get(slot);
        oldest = leavingOffset + 1; // before the slot is emptied: a reader that finds it empty sees why
        current.set(slot, null);
        if (leaving != null) {
            bytes -= leaving.weight();
            leaving.release();
        }
    }

    private void grow() {
        var current = ring;
        var larger = new AtomicReferenceArray<@Nullable Publication>(current.length() * 2);
        for (long o = oldest; o <= newest; o++) {
            larger.set((int) (o & (larger.length() - 1)), current.get((int) (o & (current.length() - 1))));
        }
        ring = larger;
    }
}
