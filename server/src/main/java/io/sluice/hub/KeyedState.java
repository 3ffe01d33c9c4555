package io.sluice.hub;

import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;

/**
 * Small things that an engine keeps beside its logs, by name: how far users have read, webhooks and where they stand. As durable
 * as a {@code process} publication where the engine is durable at all. Thread-safe; nothing here blocks.
 */
public interface KeyedState {
    /** What belongs together. Keys of one kind are in the order of their UTF-8 bytes. */
    enum Kind {
        /** Channel, a zero character and user; see {@link ReadMarkers}. */
        MARKERS,
        WEBHOOKS
    }

    /** One stored value; nobody changes the array. */
    record Entry(String key, byte[] value) {}

    /** What is to become of one key. */
    sealed interface Change {
        Kind kind();

        String key();
    }

    /** Stores {@code value}, whatever was there. */
    record Put(Kind kind, String key, byte[] value) implements Change {}

    /**
     * Stores {@code value} where nothing is, else what {@code choice} makes of what is stored and of {@code value}: decided
     * where changes are made one after the other, so it must be quick and depend on nothing else.
     */
    record Merge(Kind kind, String key, byte[] value, BinaryOperator<byte[]> choice) implements Change {}

    record Delete(Kind kind, String key) implements Change {}

    /** The value at {@code key}; {@code value} runs once on any thread. Refused when the store cannot be read. */
    void get(Kind kind, String key, Consumer<Outcome<Optional<byte[]>>> value);

    /**
     * The first {@code limit} entries whose keys begin with {@code prefix} and come after {@code after}, in order; {@code
     * entries} runs once on any thread. Refused when the store cannot be read. An update that is being stored, or that failed and
     * is not taken back yet, may show; {@link #get} never shows one.
     *
     * @param after a key that begins with {@code prefix}, or {@code prefix} itself for all of them
     */
    void scan(Kind kind, String prefix, String after, int limit, Consumer<Outcome<List<Entry>>> entries);

    /**
     * Makes all changes, in this order, or none. {@code done} runs once, on any thread: with true when they are stored, with
     * false when nothing was, because the disk or the place for entries is full.
     */
    void update(List<Change> changes, Consumer<Boolean> done);
}
