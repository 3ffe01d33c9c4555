package io.sluice.hub.log;

import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.http.Problem;
import io.sluice.hub.Appended;
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

    private final Store store;
    private final long commit;
    private final Instant now;
    private final StoreBatch batch = new StoreBatch();
    private final Map<DiskChannelLog, ChannelStage> stages = new LinkedHashMap<>();
    private final Map<ByteBuffer, KeyUse> keys = new HashMap<>();
    private final Map<ByteBuffer, Position> marks = new LinkedHashMap<>();
    private final List<Decided> decided = new ArrayList<>();
    private final List<Work.Mark> marked = new ArrayList<>();
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

    void mark(Work.Mark mark) {
        marked.add(mark);
        var key = StoreKeys.within(StoreKeys.channel(mark.channel()), mark.user());
        var earlier = marks.get(ByteBuffer.wrap(key));
        if (earlier == null) {
            earlier = marker(store.get(Family.MARKERS, key));
        }
        var position = earlier == null ? mark.position() : MemoryLog.further(earlier, mark.position());
        marks.put(ByteBuffer.wrap(key), position);
        batch.put(
                Family.MARKERS,
                key,
                ByteBuffer.allocate(16)
                        .putLong(position.epoch())
                        .putLong(position.offset())
                        .array());
    }

    static @Nullable Position marker(byte @Nullable [] stored) {
        if (stored == null) {
            return null;
        }
        var in = ByteBuffer.wrap(stored);
        return new Position(in.getLong(), in.getLong());
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
        for (var mark : marked) {
            mark.answer(true);
        }
        leave();
    }

    /** Answers everything with {@code problem}: nothing of this turn is to be. */
    void refuse(Problem problem) {
        decided.forEach(each -> each.append().refuse(problem));
        marked.forEach(mark -> mark.refuse(problem));
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

    /** What makes sure that nothing of a failed turn is left in the store. Markers may stay: they only move forward. */
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
        return undo;
    }
}
