package io.sluice.client;

/**
 * One way to receive what a client is subscribed to. It keeps no cursor and no queue: subscriptions move their own cursors as
 * they accept events, and whichever link comes next asks for what follows them. That alone is why nothing is lost or repeated.
 * Run once, by the client's thread.
 */
interface Link {
    /**
     * Connects and hands over events until the connection breaks. Returns when it should be left: nothing is subscribed to, or
     * {@link LinkContext#shouldLeave()}. Frees everything before it returns or throws, and when it is interrupted.
     */
    void run() throws LinkBroken, InterruptedException;
}
