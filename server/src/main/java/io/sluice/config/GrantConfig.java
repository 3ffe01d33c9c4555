package io.sluice.config;

import java.util.List;

/**
 * What a caller may do with some channels.
 *
 * @param channels a channel name, or a prefix followed by {@code *}
 * @param can any of {@code subscribe}, {@code publish}, {@code signal}, {@code presence}, {@code history}, {@code admin}
 */
public record GrantConfig(String channels, List<String> can) {
    static final List<String> VERBS = List.of("subscribe", "publish", "signal", "presence", "history", "admin");

    public GrantConfig {
        can = List.copyOf(can);
        int star = channels.indexOf('*');
        if (channels.isEmpty() || (star >= 0 && star != channels.length() - 1)) {
            throw new IllegalArgumentException(
                    "channels: must be a channel name, or a prefix followed by *, not '" + channels + "'");
        }
        if (!channels.matches("[A-Za-z0-9_.:@~*-]{1,256}")) {
            throw new IllegalArgumentException(
                    "channels: must be at most 256 characters of those that channel names may have, not '" + channels
                            + "'");
        }
        if (can.isEmpty()) {
            throw new IllegalArgumentException("can: must not be empty");
        }
        for (var verb : can) {
            if (!VERBS.contains(verb)) {
                throw new IllegalArgumentException("can: must be of " + VERBS + ", not '" + verb + "'");
            }
        }
    }
}
