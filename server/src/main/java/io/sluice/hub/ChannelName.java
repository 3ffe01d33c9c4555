package io.sluice.hub;

import org.jspecify.annotations.Nullable;

/**
 * The name of a channel: 1 to 255 characters of {@code A-Z a-z 0-9 . _ : @ ~ -}. What stands before the first colon is its
 * namespace; without one, {@code default}.
 *
 * <p>The servers' own channels begin with {@code $}, which {@link #parse} refuses: no client can name one. Each is a namespace of
 * its own.
 */
public record ChannelName(String value) implements Comparable<ChannelName> {
    public static final int MAX_LENGTH = 255;
    /** What a name may look like, for error messages. */
    public static final String RULE = "must be 1 to 255 characters of A-Z a-z 0-9 . _ : @ ~ -";

    private static final String USER_PREFIX = "user:";
    private static final char INTERNAL = '$';

    /** @throws IllegalArgumentException when {@code value} breaks the rule; use {@link #parse} for input of peers */
    public ChannelName {
        if (!isValid(value) && !(value.length() > 1 && value.charAt(0) == INTERNAL && isValid(value.substring(1)))) {
            throw new IllegalArgumentException(RULE);
        }
    }

    /** The name, or null when {@code value} breaks the rule. */
    public static @Nullable ChannelName parse(String value) {
        return isValid(value) ? new ChannelName(value) : null;
    }

    /** A user's own channel. */
    public static @Nullable ChannelName ofUser(String user) {
        return parse(USER_PREFIX + user);
    }

    /** The channel of the servers' own that is called {@code name}. */
    static ChannelName internal(String name) {
        return new ChannelName(INTERNAL + name);
    }

    /** True for a channel of the servers' own. */
    boolean isInternal() {
        return value.charAt(0) == INTERNAL;
    }

    public String namespace() {
        if (isInternal()) {
            return value;
        }
        int colon = value.indexOf(':');
        return colon < 0 ? "default" : value.substring(0, colon);
    }

    /** True for the own channel of {@code user}; allocates nothing. */
    boolean isOf(String user) {
        return value.length() == USER_PREFIX.length() + user.length()
                && value.startsWith(USER_PREFIX)
                && value.endsWith(user);
    }

    /** The id of the user whose own channel this is, or null. */
    public @Nullable String user() {
        return value.startsWith(USER_PREFIX) ? value.substring(USER_PREFIX.length()) : null;
    }

    /** FNV-1a over the name, the channel's part of an epoch: stable across versions and machines. */
    int fingerprint() {
        int hash = 0x811c9dc5;
        for (int i = 0; i < value.length(); i++) {
            hash = (hash ^ value.charAt(i)) * 0x01000193;
        }
        return hash;
    }

    @Override
    public int compareTo(ChannelName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static boolean isValid(String value) {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "._:@~-".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
