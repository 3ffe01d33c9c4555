package io.sluice.hub.log;

import io.sluice.config.NamespaceConfig.Durability;
import io.sluice.hub.log.Store.Family;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * This start of a store: which generations its epochs have, and why.
 *
 * <p>Design note. Every batch carries a commit number, and a memory apart from the maps (a small file) keeps the highest
 * number acknowledged, and the highest that was also synced. A start that finds less than was acknowledged knows that it lost
 * something. After a power cut that file itself may be old; then another boot without a clean stop is enough to doubt what was
 * not synced. So there are two generations: {@code power} channels keep theirs unless synced commits are missing.
 *
 * @param found in words, for the one line of the start
 */
record Incarnation(int processGeneration, int powerGeneration, long commit, String found) {
    private static final byte[] FORMAT = StoreKeys.note("format");
    private static final byte[] BOOT = StoreKeys.note("boot");
    private static final byte[] CLEAN = StoreKeys.note("clean");
    private static final byte[] COMMIT = StoreKeys.note("commit");
    private static final byte[] PROCESS = StoreKeys.note("generation.process");
    private static final byte[] POWER = StoreKeys.note("generation.power");
    private static final long FORMAT_1 = 1;

    /** Reads what the last start and stop left, decides, and writes it down durably. */
    static Incarnation begin(Store store, String bootId, RandomGenerator random) {
        var last = lastStart(store);
        var next = last == null
                ? new Incarnation(random.nextInt(), random.nextInt(), 0, "a new folder")
                : judge(last, store.acknowledged(), bootId, random);
        var batch = new StoreBatch();
        batch.put(Family.ENGINE, FORMAT, StoreKeys.number(FORMAT_1));
        batch.put(Family.ENGINE, BOOT, bootId.getBytes(StandardCharsets.UTF_8));
        batch.put(Family.ENGINE, CLEAN, StoreKeys.number(0));
        batch.put(Family.ENGINE, PROCESS, StoreKeys.number(next.processGeneration));
        batch.put(Family.ENGINE, POWER, StoreKeys.number(next.powerGeneration));
        putCommit(batch, next.commit + 1);
        store.write(batch, true);
        store.acknowledge(next.commit + 1, true);
        return new Incarnation(next.processGeneration, next.powerGeneration, next.commit + 1, next.found);
    }

    /** Writes down that nothing is under way any more. */
    static void end(Store store, long commit) {
        var batch = new StoreBatch();
        batch.put(Family.ENGINE, CLEAN, StoreKeys.number(1));
        putCommit(batch, commit + 1);
        store.write(batch, true);
        store.acknowledge(commit + 1, true);
    }

    /** Numbers {@code batch}: every batch is. */
    static void putCommit(StoreBatch batch, long commit) {
        batch.put(Family.ENGINE, COMMIT, StoreKeys.number(commit));
    }

    int generation(Durability durability) {
        return durability == Durability.POWER ? powerGeneration : processGeneration;
    }

    private record LastStart(int process, int power, long commit, String bootId, boolean clean) {}

    private static @Nullable LastStart lastStart(Store store) {
        var format = store.get(Family.ENGINE, FORMAT);
        if (format == null) {
            return null;
        }
        if (StoreKeys.number(format) != FORMAT_1) {
            throw new StoreFailed("written by a newer version (format " + StoreKeys.number(format) + ")");
        }
        return new LastStart(
                (int) number(store, PROCESS),
                (int) number(store, POWER),
                number(store, COMMIT),
                new String(note(store, BOOT), StandardCharsets.UTF_8),
                number(store, CLEAN) == 1);
    }

    private static Incarnation judge(
            LastStart last, Store.@Nullable Acknowledged acknowledged, String bootId, RandomGenerator random) {
        boolean sameBoot = !bootId.isEmpty() && bootId.equals(last.bootId);
        boolean unknown = acknowledged == null && !last.clean;
        boolean lostSynced = unknown || (acknowledged != null && acknowledged.synced() > last.commit);
        boolean lostWritten = lostSynced || (acknowledged != null && acknowledged.commit() > last.commit);
        boolean doubtful = !last.clean && !sameBoot;
        int process = lostWritten || doubtful ? other(last.process, random) : last.process;
        int power = lostSynced ? other(last.power, random) : last.power;
        return new Incarnation(process, power, last.commit, describe(last.clean, sameBoot, lostWritten, lostSynced));
    }

    private static String describe(boolean clean, boolean sameBoot, boolean lostWritten, boolean lostSynced) {
        if (lostSynced) {
            return "acknowledged publications are missing, synced ones too: all channels have a new epoch";
        }
        if (lostWritten) {
            return "acknowledged publications are missing: channels of durability process have a new epoch";
        }
        if (clean) {
            return "a clean stop";
        }
        return sameBoot
                ? "a stop without warning, nothing lost"
                : "a stop without warning and another boot: channels of durability process have a new epoch";
    }

    private static int other(int generation, RandomGenerator random) {
        int next = random.nextInt();
        return next == generation ? generation + 1 : next;
    }

    private static long number(Store store, byte[] note) {
        return StoreKeys.number(note(store, note));
    }

    private static byte[] note(Store store, byte[] note) {
        var value = store.get(Family.ENGINE, note);
        if (value == null) {
            throw new StoreFailed("the note '" + new String(note, StandardCharsets.US_ASCII) + "' is missing");
        }
        return value;
    }
}
