package io.sluice.hub.log;

import io.sluice.hub.ChannelName;
import io.sluice.hub.Position;
import java.time.Instant;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The idempotency keys of the memory engine, oldest first. At the limit the oldest key is forgotten before its time: a
 * retry that late is appended again. Thread-safe; its lock is a leaf.
 */
final class RememberedKeys {
    /** What a key stands for: the first answer, and what the draft looked like. */
    record Use(Position position, Instant time, long fingerprint, long expiresNanos) {}

    private record Key(ChannelName channel, String key) {}

    private final int limit;
    private final LinkedHashMap<Key, Use> uses = new LinkedHashMap<>();

    RememberedKeys(int limit) {
        this.limit = limit;
    }

    synchronized @Nullable Use find(ChannelName channel, String key, long nowNanos) {
        var use = uses.get(new Key(channel, key));
        return use == null || use.expiresNanos() - nowNanos <= 0 ? null : use;
    }

    synchronized void remember(ChannelName channel, String key, Use use) {
        var full = new Key(channel, key);
        uses.remove(full); // an expired use of the same key: the new one goes to the end
        uses.put(full, use);
        if (uses.size() > limit) {
            uses.pollFirstEntry();
        }
    }

    /** Forgets from the oldest on what has expired. Keys of a longer window keep those behind them until their own end. */
    synchronized void forgetExpired(long nowNanos) {
        for (var first = uses.firstEntry(); first != null; first = uses.firstEntry()) {
            if (first.getValue().expiresNanos() - nowNanos > 0) {
                return;
            }
            uses.pollFirstEntry();
        }
    }

    synchronized int size() {
        return uses.size();
    }
}
