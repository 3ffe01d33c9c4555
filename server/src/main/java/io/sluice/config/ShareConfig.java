package io.sluice.config;

/**
 * How much one caller may take, whatever number of connections it uses. Beyond it 429, or an error reply.
 *
 * @param connects new sessions
 * @param publishes publications and signals
 * @param subscribes subscriptions, and reads of history and presence
 * @param bytes what is published and signalled
 */
public record ShareConfig(Rate connects, Rate publishes, Rate subscribes, Rate bytes) {
    /** Nothing is limited. */
    public static final ShareConfig UNLIMITED =
            new ShareConfig(Rate.UNLIMITED, Rate.UNLIMITED, Rate.UNLIMITED, Rate.UNLIMITED);
}
