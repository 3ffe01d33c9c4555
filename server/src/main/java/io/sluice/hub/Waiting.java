package io.sluice.hub;

/**
 * Somebody who found nothing new in a channel and waits once for something newer: a long poll. Confined to its loop.
 */
public final class Waiting extends Reader {
    private final HubChannel channel;
    private final LoopReaders readers;
    private final long after;
    private final Runnable newer;
    private boolean done;

    Waiting(HubChannel channel, LoopReaders readers, long after, Runnable newer) {
        this.channel = channel;
        this.readers = readers;
        this.after = after;
        this.newer = newer;
    }

    @Override
    boolean takes() {
        return !done;
    }

    @Override
    void woken(LoopReaders turn) {
        if (!done && channel.log().newest() > after) {
            cancel();
            newer.run();
        }
    }

    @Override
    void failed() {
        cancel();
    }

    @Override
    void noticed(LoopReaders.EncodedNotice encoded) {
        // A poll reads publications only.
    }

    /** Stops waiting. Idempotent. */
    public void cancel() {
        if (!done) {
            done = true;
            readers.remove(this);
            channel.release();
        }
    }
}
