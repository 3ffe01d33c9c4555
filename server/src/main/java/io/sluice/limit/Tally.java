package io.sluice.limit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How many of something each key has now. Thread-safe; holds only keys that have any, so it is bounded by what is counted. */
final class Tally<K> {
    private final ConcurrentMap<K, Integer> counts = new ConcurrentHashMap<>();

    void add(K key) {
        counts.merge(key, 1, Integer::sum);
    }

    /** Adds one unless there are {@code most} already; false then. */
    boolean addBelow(K key, int most) {
        while (true) {
            var held = counts.putIfAbsent(key, 1);
            if (held == null) {
                return true;
            }
            if (held >= most) {
                return false;
            }
            if (counts.replace(key, held, held + 1)) {
                return true;
            }
        }
    }

    void remove(K key) {
        counts.computeIfPresent(key, (k, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    int of(K key) {
        return counts.getOrDefault(key, 0);
    }

    int size() {
        return counts.size();
    }
}
