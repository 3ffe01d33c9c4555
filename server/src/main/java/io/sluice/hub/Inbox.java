package io.sluice.hub;

import io.netty.buffer.ByteBuf;
import io.sluice.net.Outlet;
import org.jspecify.annotations.Nullable;

/**
 * A peer that reads channels: how what it reads leaves in its transport's idiom. It keeps nothing that it was not able to send:
 * while it is not {@link #writable()} the session keeps its cursors.
 */
public interface Inbox extends Peer {
    /** The encoding that this reader gets; does not change while the session lasts. */
    Wire wire();

    /** True when each publication needs bytes of this reader's own around it, so that several never come as one. */
    default boolean onePublicationAtATime() {
        return false;
    }

    /** How many publications may be handed over at once though {@link #writable} turns false with the first of them. */
    default int readAhead() {
        return 256;
    }

    /**
     * Where deliveries leave exactly as they are encoded, with nothing of this reader's own around them and nothing to be noted;
     * null where they have to pass through {@link #deliver}. Stays the same once there is one. A channel then serves this reader
     * without touching the session and what is between it and the socket.
     */
    default @Nullable Outlet outlet() {
        return null;
    }

    /**
     * Sends publications {@code first} to {@code last} of the subscription's channel, already encoded in {@link #wire} and
     * shared with other readers. The caller keeps its reference.
     */
    void deliver(Subscription subscription, ByteBuf encoded, long first, long last);

    /** Tells what will never come. */
    void gap(Subscription subscription, Gap gap);

    /** Sends an ephemeral notice, encoded in {@link #wire}; may drop it when the peer does not read. */
    void notice(ByteBuf encoded);
}
