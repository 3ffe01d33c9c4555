package io.sluice.client;

/**
 * Takes what a subscription brings, one call after the other on a virtual thread of the subscription's own. A listener that is
 * slow makes the client stop reading: nothing piles up beyond the client's buffer. What a listener throws is logged, and the
 * next event comes.
 */
@FunctionalInterface
public interface SubscriptionListener {
    /** A publication, in order, none skipped without a gap and none twice. */
    void onPublication(Publication publication);

    /** A range that is lost; comes before anything newer. */
    default void onGap(Gap gap) {}

    /** An ephemeral message. */
    default void onSignal(Signal signal) {}

    /** A user came or left. */
    default void onPresence(PresenceChange change) {}

    /** The subscription is over: refused, or the client gave up. Not called when the application closes it. */
    default void onEnded(SluiceException why) {}
}
