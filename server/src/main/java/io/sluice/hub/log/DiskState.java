package io.sluice.hub.log;

import io.sluice.hub.KeyedState;
import io.sluice.hub.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keyed state in the engine's store: read by its readers, changed in the turns of its writer. Thread-safe. */
final class DiskState implements KeyedState {
    private final Store store;
    private final DiskWriter writer;
    private final Executor reader;

    DiskState(Store store, DiskWriter writer, Executor reader) {
        this.store = store;
        this.writer = writer;
        this.reader = reader;
    }

    @Override
    public void get(Kind kind, String key, Consumer<Outcome<Optional<byte[]>>> value) {
        read(() -> Optional.ofNullable(settled(new Turn.Place(Turn.family(kind), key))), value);
    }

    /** What a write that may still be taken back does not change. */
    private byte @Nullable [] settled(Turn.Place place) {
        var stored = store.get(place.family(), place.key());
        var unsettled = writer.unsettled();
        return unsettled.containsKey(place) ? unsettled.get(place) : stored;
    }

    @Override
    public void scan(Kind kind, String prefix, String after, int limit, Consumer<Outcome<List<Entry>>> entries) {
        read(() -> scan(kind, prefix, after, limit), entries);
    }

    private List<Entry> scan(Kind kind, String prefix, String after, int limit) {
        var found = new ArrayList<Entry>();
        // The next possible key after this one is this one and a zero.
        store.scan(
                Turn.family(kind),
                StoreKeys.text(after + "\0"),
                StoreKeys.after(StoreKeys.text(prefix)),
                (key, value) -> {
                    found.add(new Entry(new String(key, StandardCharsets.UTF_8), value));
                    return found.size() < limit;
                });
        return found;
    }

    private <T> void read(Supplier<T> reading, Consumer<Outcome<T>> result) {
        try {
            reader.execute(() -> {
                Outcome<T> outcome;
                try {
                    outcome = new Outcome.Done<>(reading.get());
                } catch (StoreFailed failure) {
                    outcome = new Outcome.Refused<>(DiskChannelLog.unreadable(String.valueOf(failure.getMessage())));
                }
                result.accept(outcome);
            });
        } catch (RejectedExecutionException full) {
            result.accept(new Outcome.Refused<>(DiskChannelLog.unreadable("too many reads wait")));
        }
    }

    @Override
    public void update(List<Change> changes, Consumer<Boolean> done) {
        writer.submit(new Work.Update(List.copyOf(changes), done));
    }
}
