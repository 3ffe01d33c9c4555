package io.sluice.hub;

import org.jspecify.annotations.Nullable;

/**
 * What to read of a channel.
 *
 * @param start where to begin; null for the newest {@code limit}
 * @param before read backwards: the newest {@code limit} before this position; excludes {@code start}
 * @param limit 1 to {@link #MAX_LIMIT}
 */
public record ReadRequest(@Nullable Start start, @Nullable Position before, int limit) {
    public static final int DEFAULT_LIMIT = 100;
    public static final int MAX_LIMIT = 1_000;
}
