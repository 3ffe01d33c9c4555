package io.sluice.hub.log;

import io.sluice.hub.log.Store.Family;
import java.util.ArrayList;
import java.util.List;

/** Changes that a {@link Store} makes together, in this order. Not thread-safe. */
final class StoreBatch {
    /** One change. */
    sealed interface Change {}

    record Put(Family family, byte[] key, byte[] value) implements Change {}

    record Delete(Family family, byte[] key) implements Change {}

    /** Deletes from {@code from} up to but without {@code to}. */
    record DeleteRange(Family family, byte[] from, byte[] to) implements Change {}

    private final List<Change> changes = new ArrayList<>();
    private long bytes;

    void put(Family family, byte[] key, byte[] value) {
        changes.add(new Put(family, key, value));
        bytes += key.length + value.length;
    }

    void delete(Family family, byte[] key) {
        changes.add(new Delete(family, key));
        bytes += key.length;
    }

    void deleteRange(Family family, byte[] from, byte[] to) {
        changes.add(new DeleteRange(family, from, to));
        bytes += from.length + to.length;
    }

    void addAll(StoreBatch other) {
        changes.addAll(other.changes);
        bytes += other.bytes;
    }

    List<Change> changes() {
        return changes;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** About how much will be written. */
    long bytes() {
        return bytes;
    }
}
