package io.sluice.auth;

/** What one may do with a channel; the words of a grant's {@code can}. */
public enum Verb {
    SUBSCRIBE,
    PUBLISH,
    SIGNAL,
    PRESENCE,
    HISTORY
}
