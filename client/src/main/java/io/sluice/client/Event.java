package io.sluice.client;

/** What happens in a channel, in the order in which a subscription brings it. */
public sealed interface Event permits Publication, Gap, Signal, PresenceChange {
    /** The name of the channel. */
    String channel();
}
