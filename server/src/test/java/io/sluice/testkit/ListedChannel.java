package io.sluice.testkit;

import io.sluice.auth.InternalChannel;
import io.sluice.net.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An internal channel that is a list in memory, for tests without an engine. Keys are remembered for ever. Thread-safe. */
public final class ListedChannel implements InternalChannel {
    private final Clock clock;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private final List<Consumer<Entry>> followers = new ArrayList<>();

    public ListedChannel(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void append(@Nullable String key, byte[] content, Consumer<Entered> answer) {
        if (key != null && !keys.add(key)) {
            answer.accept(new Entered.Again());
            return;
        }
        var entry = new Entry(content, clock.now());
        entries.add(entry);
        followers.forEach(follower -> follower.accept(entry));
        answer.accept(new Entered.First());
    }

    @Override
    public synchronized CompletableFuture<Void> follow(Consumer<Entry> follower) {
        entries.forEach(follower);
        followers.add(follower);
        return CompletableFuture.completedFuture(null);
    }
}
