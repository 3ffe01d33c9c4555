package io.sluice.hub.log;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.hub.LogEngine;
import java.util.Random;

/**
 * The disk engine on a disk in memory that fails as a simulation wants: writes that are refused or made and then refused, reads
 * that fail, no room, an end of the process in the middle of a write, a power cut that keeps a part of what was not synced.
 */
public final class SimulatedDisk {
    private SimulatedStore store = new SimulatedStore();

    /** The process ends here, in the middle of whatever it does. */
    public static final class ProcessEnded extends Error {
        private static final long serialVersionUID = 1L;

        ProcessEnded() {
            super("the process ended in the middle of a write", null, false, false);
        }
    }

    /** Starts the engine on what is on the disk. */
    public LogEngine start(EngineContext context) {
        return new DiskLog(
                new DiskConfig(new DataSize(1024), DataSize.mib(1)),
                context,
                context.hub().dataDir(),
                path -> store);
    }

    /** What the next process finds after this one was killed. */
    public void processEnded() {
        store = store.afterKill();
    }

    /** What the next process finds after a power cut: what was synced, and a part of what came after. */
    public void powerCut(Random random) {
        store = store.afterPowerCut(random);
    }

    /** Ends the process at one of the next moments at which it writes. */
    public void endProcessAfter(int moments) {
        store.endProcessAfter(moments);
    }

    public void failWrites(boolean madeAllTheSame) {
        store.failWrites(madeAllTheSame);
    }

    public void failReads() {
        store.failReads(true);
    }

    public void fill() {
        store.usableBytes(0);
    }

    public void repair() {
        store.endProcessAfter(-1);
        store.work();
        store.failReads(false);
        store.usableBytes(Long.MAX_VALUE);
    }
}
