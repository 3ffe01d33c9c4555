package io.sluice.hub;

import java.util.List;
import java.util.function.Consumer;

/**
 * One channel's ordered, bounded log. Offsets are consecutive: from {@link #oldest()} to {@link #newest()} everything is
 * held. What has left is a gap for whoever still stands before it.
 *
 * <p>Thread-safe. {@link #append} is the only ordered step of a publication; its order is the order of the channel. A
 * publication becomes visible (to {@link #newest}, {@link #peek} and {@link #read}) only when it is as durable as promised,
 * then the log's listener runs, then the append is answered: in this order.
 */
public interface ChannelLog {
    ChannelName name();

    /** The epoch of all offsets; constant for the life of this object. */
    long epoch();

    /** Offset of the newest visible publication; 0 before the first one. */
    long newest();

    /** Offset of the oldest publication still held; {@code newest() + 1} when there is none. */
    long oldest();

    /**
     * The publication at {@code offset} when it is in memory, else null: then it is cold (see {@link #read}), gone or yet to
     * come. Wait-free.
     */
    @org.jspecify.annotations.Nullable
    Publication peek(long offset);

    /**
     * Appends {@code draft}. {@code answer} runs once, on any thread, and must be quick. Refusals: {@code
     * precondition-failed}, {@code idempotency-mismatch}, {@code storage-unavailable} with a time to come back.
     */
    void append(Draft draft, Consumer<Appended> answer);

    /**
     * Reads publications with offsets above {@code after}, oldest first: at most {@code limit}, and at most about {@code
     * maxBytes} but at least one. {@code batch} runs once, on any thread, perhaps before this returns. The list is consecutive
     * and starts at {@code after + 1} or, if that is gone, at the oldest held; it is empty when there is nothing newer.
     * The publications stay usable for as long as the caller keeps them. A storage failure gives a {@link Batch.Failed}.
     */
    void read(long after, int limit, int maxBytes, Consumer<Batch> batch);

    /** What a read found. */
    sealed interface Batch {
        record Found(List<Publication> publications) implements Batch {}

        record Failed(io.sluice.http.Problem problem) implements Batch {}
    }
}
