package io.sluice.auth;

/** What one may do with a channel; the words of a grant's {@code can}. */
public enum Verb {
    SUBSCRIBE(1),
    PUBLISH(2),
    SIGNAL(4),
    PRESENCE(8),
    HISTORY(16),
    /** To make, see and change what others get of the channel: its webhooks. */
    ADMIN(32);

    /** One bit of its own, so that a set of verbs is a number. */
    final int bit;

    Verb(int bit) {
        this.bit = bit;
    }
}
