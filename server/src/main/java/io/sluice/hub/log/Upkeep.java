package io.sluice.hub.log;

import io.sluice.config.HubConfig;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Round;
import io.sluice.hub.log.Store.Family;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * What age takes: old publications of open channels, whole logs of channels that nobody has open and whose newest publication
 * is old, and expired idempotency keys. Done in slices, so that appends never wait long. Belongs to the writer's turn.
 */
final class Upkeep {
    /** How many publications, or channels looked at, one slice costs at most. */
    private static final int SLICE = 8_192;

    private static final int KEYS_PER_SLICE = 2_048;
    private static final int CHANNELS_PER_SWEEP = 256;
    private static final byte[] AFTER_ALL_NAMES = {(byte) 0x7f};

    private final HubConfig hub;
    private final Store store;
    private final Map<ChannelName, DiskChannelLog> open;
    private final Set<ChannelName> known;
    private Iterator<DiskChannelLog> ageing = Collections.emptyIterator();
    private int share;
    private boolean keysDue;
    private boolean closedDue;
    private byte[] closedFrom = {};

    /** @param known channels that are open or being opened: those are never touched as closed ones */
    Upkeep(HubConfig hub, Store store, Map<ChannelName, DiskChannelLog> open, Set<ChannelName> known) {
        this.hub = hub;
        this.store = store;
        this.open = open;
        this.known = known;
    }

    /** Begins a sweep; one that is under way goes on. */
    void begin() {
        if (!ageing.hasNext()) {
            ageing = open.values().iterator();
        }
        share = Round.share(open.size());
        keysDue = true;
        closedDue = true;
    }

    boolean isDue() {
        return mayAge() || keysDue || closedDue;
    }

    /** Adds the next slice to {@code turn}. */
    void slice(Turn turn, Instant now) {
        if (mayAge()) {
            ageOpen(turn, now);
        }
        if (keysDue) {
            forgetKeys(turn.batch(), now.toEpochMilli());
        }
        if (closedDue) {
            ageClosed(turn.batch(), now);
            closedDue = false;
        }
    }

    private void ageOpen(Turn turn, Instant now) {
        int budget = SLICE;
        while (budget > 0 && mayAge()) {
            var log = ageing.next();
            share--;
            budget--;
            if (log.oldest() > log.newest()) {
                continue;
            }
            long aged = now.minus(log.settings().maxAge()).toEpochMilli();
            var hot = log.peek(log.oldest());
            if (hot != null && hot.timeMillis() > aged) {
                continue;
            }
            var stage = turn.enter(log);
            if (stage != null) {
                budget -= OldestWindow.SPAN + stage.evictAged(aged, SLICE);
            }
        }
    }

    /** This sweep's share of the open channels is not done. */
    private boolean mayAge() {
        return share > 0 && ageing.hasNext();
    }

    private void forgetKeys(StoreBatch batch, long nowMillis) {
        var expired = new ArrayList<byte[]>();
        store.scan(Family.EXPIRIES, new byte[0], StoreKeys.number(nowMillis + 1), (expiry, nothing) -> {
            expired.add(expiry);
            return expired.size() < KEYS_PER_SLICE;
        });
        for (var expiry : expired) {
            var key = StoreKeys.ofExpiry(expiry);
            var use = store.get(Family.KEYS, key);
            if (use != null && KeyUse.decode(use).expiresMillis() <= nowMillis) {
                batch.delete(Family.KEYS, key);
            }
        }
        if (!expired.isEmpty()) {
            var last = expired.getLast();
            batch.deleteRange(Family.EXPIRIES, expired.getFirst(), Arrays.copyOf(last, last.length + 1));
        }
        keysDue = expired.size() == KEYS_PER_SLICE;
    }

    private void ageClosed(StoreBatch batch, Instant now) {
        var seen = new int[1];
        var last = new byte[1][];
        store.scan(Family.CHANNELS, closedFrom, AFTER_ALL_NAMES, (key, value) -> {
            last[0] = key;
            seen[0]++;
            dropIfAged(key, ChannelState.decode(value), batch, now);
            return seen[0] < CHANNELS_PER_SWEEP;
        });
        closedFrom = seen[0] < CHANNELS_PER_SWEEP ? new byte[0] : Arrays.copyOf(last[0], last[0].length + 1);
    }

    private void dropIfAged(byte[] key, ChannelState state, StoreBatch batch, Instant now) {
        var channel = new ChannelName(new String(key, StandardCharsets.US_ASCII));
        if (state.oldest() > state.newest() || known.contains(channel)) {
            return;
        }
        var maxAge = hub.namespace(channel.namespace()).maxAge();
        if (state.newestMillis() > now.minus(maxAge).toEpochMilli()) {
            return;
        }
        batch.deleteRange(
                Family.PUBLICATIONS, StoreKeys.publication(key, 0), StoreKeys.publication(key, state.newest() + 1));
        var empty = new ChannelState(state.newest() + 1, state.newest(), 0, state.newestMillis());
        batch.put(Family.CHANNELS, key, empty.encode());
    }
}
