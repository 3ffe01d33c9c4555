package io.sluice.hub.transport;

import org.jspecify.annotations.Nullable;

/**
 * Where a webhook stands: what is stored after every step, so that a next process goes on here. Immutable.
 *
 * @param cursor what the endpoint has taken, over all channels; {@code latest} or {@code earliest} before it has begun
 * @param failing the id of the delivery that is being retried, or null
 * @param failingChannel its channel, or null
 * @param attempts how often that was tried
 * @param failingSince when that was tried first, in milliseconds since 1970
 * @param retryAt when it is to be tried again, in milliseconds since 1970
 * @param failure how the last attempt that failed ended, or null
 * @param paused by an operator
 * @param gone the endpoint said 410
 * @param nextDead the number of the next dead letter
 * @param dead how many dead letters there are
 * @param deadBytes bytes of their bodies
 */
record WebhookState(
        String cursor,
        @Nullable String failing,
        @Nullable String failingChannel,
        int attempts,
        long failingSince,
        long retryAt,
        @Nullable String failure,
        boolean paused,
        boolean gone,
        long nextDead,
        int dead,
        long deadBytes) {

    static WebhookState beginningAt(String cursor) {
        return new WebhookState(cursor, null, null, 0, 0, 0, null, false, false, 1, 0, 0);
    }

    /** The same at another cursor, with no retry in mind. */
    WebhookState at(String other) {
        return new WebhookState(other, null, null, 0, 0, 0, null, paused, gone, nextDead, dead, deadBytes);
    }

    /** The same where what {@code latest} or {@code earliest} means has been found. */
    WebhookState beginning(String found) {
        return new WebhookState(
                found,
                failing,
                failingChannel,
                attempts,
                failingSince,
                retryAt,
                failure,
                paused,
                gone,
                nextDead,
                dead,
                deadBytes);
    }

    WebhookState failed(String id, String channel, int times, long since, long again, String how) {
        return new WebhookState(cursor, id, channel, times, since, again, how, paused, gone, nextDead, dead, deadBytes);
    }

    WebhookState paused(boolean now) {
        return new WebhookState(
                cursor,
                failing,
                failingChannel,
                attempts,
                failingSince,
                0,
                failure,
                now,
                false,
                nextDead,
                dead,
                deadBytes);
    }

    WebhookState endpointGone() {
        return new WebhookState(cursor, null, null, 0, 0, 0, "status-410", paused, true, nextDead, dead, deadBytes);
    }

    /** The same with so many dead letters more, or less, and so many of their bytes. */
    WebhookState burying(long next, int count, long bytes) {
        return new WebhookState(
                cursor,
                failing,
                failingChannel,
                attempts,
                failingSince,
                retryAt,
                failure,
                paused,
                gone,
                next,
                Math.max(0, dead + count),
                Math.max(0, deadBytes + bytes));
    }
}
