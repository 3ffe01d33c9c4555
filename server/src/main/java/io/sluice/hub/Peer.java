package io.sluice.hub;

import java.time.Duration;

/** The far end of a session: what is told to a client as a whole, in its transport's idiom. Confined to the session's loop. */
public interface Peer {
    /** The transport's name in its list. */
    String transport();

    /** False while it does not take what it was sent. */
    boolean writable();

    /** Tells that the client's token expires in {@code left}, where it can be renewed within the session. */
    default void expiring(Duration left) {}

    /** Asks it to come back elsewhere after {@code wait}, then ends the session. */
    void drain(Duration wait);

    /** Ends the session from our side, telling why. Idempotent. */
    void disconnect(Disconnect why);
}
