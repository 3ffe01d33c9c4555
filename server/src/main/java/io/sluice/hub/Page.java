package io.sluice.hub;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one read of one channel found.
 *
 * @param publications oldest first
 * @param position the cursor to pass as {@code after} next; valid even when nothing was found
 * @param newest the newest position of the channel when it was read
 * @param gap what is missing before the first publication, or null
 */
public record Page(
        ChannelName channel,
        List<Publication> publications,
        Position position,
        Position newest,
        @Nullable Gap gap) {

    /** The bytes of the publications' payloads. */
    public int bytes() {
        return publications.stream()
                .mapToInt(publication -> publication.payload().bytes().length)
                .sum();
    }
}
