package io.sluice.hub;

import org.jspecify.annotations.Nullable;

/**
 * What to read of a channel.
 *
 * @param start where to begin; null for the newest {@code limit}
 * @param before read backwards: the newest {@code limit} before this position; excludes {@code start}
 * @param limit 1 to {@link #MAX_LIMIT}; with {@code start} also 0, which only tells where the reader stands
 * @param bytes the most that the publications may have, unless the first alone has more
 */
public record ReadRequest(@Nullable Start start, @Nullable Position before, int limit, int bytes) {
    public static final int DEFAULT_LIMIT = 100;
    public static final int MAX_LIMIT = 1_000;
    public static final int MAX_BYTES = 4 << 20;

    /** As many bytes as one answer may have. */
    public ReadRequest(@Nullable Start start, @Nullable Position before, int limit) {
        this(start, before, limit, MAX_BYTES);
    }
}
