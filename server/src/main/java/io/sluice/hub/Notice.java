package io.sluice.hub;

import org.jspecify.annotations.Nullable;

/** Something ephemeral for those who are subscribed now: it has no position and is never replayed. */
public sealed interface Notice {
    ChannelName channel();

    /**
     * A message of a client to those present, such as "is typing".
     *
     * @param from the authenticated sender, or null
     * @param data one JSON value in UTF-8
     */
    record Signal(
            ChannelName channel, String event, @Nullable String from, byte[] data) implements Notice {}

    /** A user came or went. */
    record Presence(ChannelName channel, boolean joined, String user) implements Notice {}
}
