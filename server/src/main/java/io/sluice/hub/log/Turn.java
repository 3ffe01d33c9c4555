package io.sluice.hub.log;

import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.http.Problem;
import io.sluice.hub.Appended;
import io.sluice.hub.KeyedState;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import io.sluice.hub.log.Store.Family;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One turn of the writer: decides drafts in order against what is written and what this turn adds, then writes all of it as
 * one batch, and only then shows it, tells the listeners and answers. Used by one thread.
 */
final class Turn {
    private record Decided(Work.Append append, Appended appended) {}

    record Place(Family family, String name) {
        byte[] key() {
            return StoreKeys.text(name);
        }
    }

    private final Store store;
    private final long commit;
    private final Instant now;
    private final StoreBatch batch = new StoreBatch();
    private final Map<DiskChannelLog, ChannelStage> stages = new LinkedHashMap<>();
    private final Map<ByteBuffer, KeyUse> keys = new HashMap<>();
    /** What this turn makes of keyed state; null is deleted. */
    private final Map<Place, byte @Nullable []> values = new HashMap<>();

    /** What was there before this turn; null for nothing. */
    private final Map<Place, byte @Nullable []> before = new LinkedHashMap<>();

    private final List<Decided> decided = new ArrayList<>();
    private final List<Work.Update> updates = new ArrayList<>();
    private final List<DiskChannelLog> entered = new ArrayList<>();
    private boolean sync;

    /** @param commit this turn's number */
    Turn(Store store, long commit, Instant now) {
        this.store = store;
        this.commit = commit;
        this.now = Instant.ofEpochMilli(now.toEpochMilli());
    }

    void append(Work.Append append) {
        decided.add(new Decided(append, decide(append)));
    }

    private Appended decide(Work.Append append) {
        var log = append.log();
        var draft = append.draft();
        var key = draft.idempotencyKey() == null ? null : StoreKeys.within(log.key(), draft.idempotencyKey());
        var use = key == null ? null : use(key);
        if (use != null) {
            return use.fingerprint() == append.fingerprint()
                    ? new Appended.Replayed(
                            new Position(log.epoch(), use.offset()), Instant.ofEpochMilli(use.timeMillis()))
                    : Refusals.otherBody();
        }
        var stage = stage(log);
        if (draft.ifNewest() != null && !stage.newest().equals(draft.ifNewest())) {
            return Refusals.notNewest(stage.newest());
        }
        var position = new Position(log.epoch(), stage.newest().offset() + 1);
        stage.add(Publication.of(log.name(), position, now, draft), batch);
        if (key != null) {
            remember(key, position, append);
        }
        sync |= log.settings().durability() == Durability.POWER;
        return new Appended.Stored(position, now);
    }

    private @Nullable KeyUse use(byte[] key) {
        var inTurn = keys.get(ByteBuffer.wrap(key));
        if (inTurn != null) {
            return inTurn;
        }
        var stored = store.get(Family.KEYS, key);
        if (stored == null) {
            return null;
        }
        var use = KeyUse.decode(stored);
        return use.expiresMillis() > now.toEpochMilli() ? use : null;
    }

    private void remember(byte[] key, Position position, Work.Append append) {
        long expires = now.plus(append.log().settings().idempotencyWindow()).toEpochMilli();
        var use = new KeyUse(position.offset(), now.toEpochMilli(), append.fingerprint(), expires);
        keys.put(ByteBuffer.wrap(key), use);
        batch.put(Family.KEYS, key, use.encode());
        batch.put(Family.EXPIRIES, StoreKeys.expiry(expires, key), new byte[0]);
    }

    void update(Work.Update update) {
        for (var change : update.changes()) {
            var place = new Place(family(change.kind()), change.key());
            var stored = values.containsKey(place) ? values.get(place) : before(place);
            switch (change) {
                case KeyedState.Put(var kind, var key, var value) -> put(place, value);
                case KeyedState.Merge(var kind, var key, var value, var choice) ->
                    put(place, stored == null ? value : choice.apply(stored, value));
                case KeyedState.Delete(var kind, var key) -> {
                    values.put(place, null);
                    batch.delete(place.family, place.key());
                }
            }
        }
        updates.add(update); // last: one that could not be decided is not this turn's to answer
    }

    /** What is stored at {@code place}, kept for {@link #undo}. */
    private byte @Nullable [] before(Place place) {
        var stored = store.get(place.family, place.key());
        before.put(place, stored);
        return stored;
    }

    private void put(Place place, byte[] value) {
        values.put(place, value);
        batch.put(place.family, place.key(), value);
    }

    static Family family(KeyedState.Kind kind) {
        return switch (kind) {
            case MARKERS -> Family.MARKERS;
            case WEBHOOKS -> Family.WEBHOOKS;
        };
    }

    /** For upkeep: the stage of a log, or null when the log was let go of. */
    @Nullable
    ChannelStage enter(DiskChannelLog log) {
        if (!log.enter()) {
            return null;
        }
        entered.add(log);
        return stage(log);
    }

    private ChannelStage stage(DiskChannelLog log) {
        return stages.computeIfAbsent(log, ChannelStage::new);
    }

    /** The keyed state that this turn changes, as it was before. */
    Map<Place, byte @Nullable []> before() {
        return before;
    }

    /** For upkeep: changes of its own. */
    StoreBatch batch() {
        return batch;
    }

    /** Writes everything; returns false when there was nothing to write. */
    boolean write() {
        for (var stage : stages.values()) {
            if (!stage.state().equals(stage.log().state())) {
                stage.finish(batch);
            }
        }
        if (batch.isEmpty()) {
            return false;
        }
        Incarnation.putCommit(batch, commit);
        store.write(batch, sync);
        store.acknowledge(commit, sync);
        return true;
    }

    /** Shows what was written, then tells the listeners, then answers. */
    void show() {
        for (var stage : stages.values()) {
            stage.log().apply(stage);
        }
        for (var stage : stages.values()) {
            if (!stage.added().isEmpty()) {
                stage.log().tellListener();
            }
        }
        for (var each : decided) {
            each.append().answer(each.appended());
        }
        for (var update : updates) {
            update.answer(true);
        }
        leave();
    }

    /** Answers everything with {@code problem}: nothing of this turn is to be. */
    void refuse(Problem problem) {
        decided.forEach(each -> each.append().refuse(problem));
        updates.forEach(update -> update.refuse(problem));
        leave();
    }

    private void leave() {
        entered.forEach(DiskChannelLog::leave);
    }

    /**
     * Keeps the logs of a failed turn open until they {@link DiskChannelLog#leave}: opened again before the turn is undone, a
     * log would be loaded from what the store may have kept of it.
     */
    List<DiskChannelLog> hold() {
        return stages.keySet().stream().filter(DiskChannelLog::enter).toList();
    }

    /** What makes sure that nothing of a failed turn is left in the store. */
    StoreBatch undo() {
        var undo = new StoreBatch();
        stages.values().forEach(stage -> stage.undo(undo));
        for (var key : keys.entrySet()) {
            undo.delete(Family.KEYS, key.getKey().array());
            undo.delete(
                    Family.EXPIRIES,
                    StoreKeys.expiry(
                            key.getValue().expiresMillis(), key.getKey().array()));
        }
        before.forEach((place, value) -> {
            if (value == null) {
                undo.delete(place.family, place.key());
            } else {
                undo.put(place.family, place.key(), value);
            }
        });
        return undo;
    }
}
