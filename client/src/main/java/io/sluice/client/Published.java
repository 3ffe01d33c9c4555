package io.sluice.client;

/**
 * What the server says about a message that it has stored.
 *
 * @param position where it stands in its channel
 * @param replayed true when its idempotency key had been seen before, so that it had been stored already
 */
public record Published(String channel, String position, boolean replayed) {}
