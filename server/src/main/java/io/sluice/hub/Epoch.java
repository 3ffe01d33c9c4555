package io.sluice.hub;

/**
 * Names one life of one channel's log. The upper half is the fingerprint of the channel's name, so that a position of
 * another channel can be told from an old one of this channel; the lower half is the generation of the store, which
 * changes when a log was lost or reset.
 */
public final class Epoch {
    private Epoch() {}

    /** The epoch of {@code channel} in {@code generation}: any 32 bits that differ from those before. */
    public static long of(ChannelName channel, int generation) {
        return ((long) channel.fingerprint() << 32) | (generation & 0xffff_ffffL);
    }

    /** True when {@code epoch} is one of {@code channel}, of whatever generation. */
    public static boolean belongsTo(long epoch, ChannelName channel) {
        return (int) (epoch >>> 32) == channel.fingerprint();
    }
}
