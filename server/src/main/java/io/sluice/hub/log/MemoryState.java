package io.sluice.hub.log;

import io.sluice.hub.KeyedState;
import io.sluice.hub.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Keyed state that ends with the process, at most so many entries of each kind. Thread-safe; callbacks run at once. */
final class MemoryState implements KeyedState {
    private static final Comparator<String> BY_BYTES =
            (a, b) -> Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private final int maxEntries;
    /** Guarded by itself. */
    private final Map<Kind, NavigableMap<String, byte[]>> kinds = new EnumMap<>(Kind.class);

    MemoryState(int maxEntries) {
        this.maxEntries = maxEntries;
        for (var kind : Kind.values()) {
            kinds.put(kind, new TreeMap<>(BY_BYTES));
        }
    }

    private NavigableMap<String, byte[]> of(Kind kind) {
        return java.util.Objects.requireNonNull(kinds.get(kind));
    }

    @Override
    public void get(Kind kind, String key, Consumer<Outcome<Optional<byte[]>>> value) {
        Optional<byte[]> found;
        synchronized (kinds) {
            found = Optional.ofNullable(of(kind).get(key));
        }
        value.accept(new Outcome.Done<>(found));
    }

    @Override
    public void scan(Kind kind, String prefix, String after, int limit, Consumer<Outcome<List<Entry>>> entries) {
        var found = new ArrayList<Entry>();
        synchronized (kinds) {
            for (var entry : of(kind).tailMap(after, false).entrySet()) {
                if (found.size() == limit || !entry.getKey().startsWith(prefix)) {
                    break;
                }
                found.add(new Entry(entry.getKey(), entry.getValue()));
            }
        }
        entries.accept(new Outcome.Done<>(found));
    }

    @Override
    public void update(List<Change> changes, Consumer<Boolean> done) {
        boolean room;
        synchronized (kinds) {
            room = changes.stream()
                    .allMatch(change -> change instanceof Delete
                            || of(change.kind()).size() < maxEntries
                            || of(change.kind()).containsKey(change.key()));
            if (room) {
                changes.forEach(this::make);
            }
        }
        done.accept(room);
    }

    private void make(Change change) {
        switch (change) {
            case Put(var kind, var key, var value) -> of(kind).put(key, value);
            case Merge(var kind, var key, var value, var choice) -> of(kind).merge(key, value, choice);
            case Delete(var kind, var key) -> of(kind).remove(key);
        }
    }
}
