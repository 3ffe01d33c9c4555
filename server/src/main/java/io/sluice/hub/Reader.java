package io.sluice.hub;

/** Somebody on one loop who wants to know when a channel has something newer. Confined to that loop. */
abstract class Reader {
    /** This reader's place among its loop's readers of the channel; -1 while it is not registered. */
    int place = -1;

    /** True while it would take something newer. Cheap: it is asked ahead of every {@link #woken}. */
    abstract boolean takes();

    /** How many publications it has yet to be handed; asked about those that take none. */
    long lag() {
        return 0;
    }

    /** The channel may have something newer. {@code readers} lends the encodings that all readers share in this turn. */
    abstract void woken(LoopReaders readers);

    /** {@link #woken} has thrown, which is a bug of ours: ends what stands behind this reader. */
    abstract void failed();

    /** A notice for those present; {@code encoded} lends the bytes for the reader's wire. */
    abstract void noticed(LoopReaders.EncodedNotice encoded);
}
