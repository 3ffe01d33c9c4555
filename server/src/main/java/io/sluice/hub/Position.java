package io.sluice.hub;

import org.jspecify.annotations.Nullable;

/**
 * Where a publication stands in its channel. Prints as {@code epoch.offset} with the epoch in base 36; opaque to clients.
 *
 * @param epoch which life of the log, see {@link Epoch}
 * @param offset 1 for the first publication of an epoch; 0 stands before it
 */
public record Position(long epoch, long offset) {
    private static final int RADIX = 36;

    public Position {
        if (offset < 0) {
            throw new IllegalArgumentException("offset must not be negative");
        }
    }

    /** The position that {@code text} prints, or null when it prints none. */
    public static @Nullable Position parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 1 || dot > 13 || text.length() - dot < 2 || text.length() - dot > 20) {
            return null;
        }
        if (!isCanonical(text, dot)) {
            return null;
        }
        try {
            return new Position(
                    Long.parseUnsignedLong(text.substring(0, dot), RADIX), Long.parseLong(text.substring(dot + 1)));
        } catch (NumberFormatException overflow) {
            return null;
        }
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(epoch, RADIX) + '.' + offset;
    }

    private static boolean isCanonical(String text, int dot) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            if (i != dot && !digit && !(i < dot && c >= 'a' && c <= 'z')) {
                return false;
            }
        }
        boolean offsetHasLeadingZero = text.charAt(dot + 1) == '0' && text.length() > dot + 2;
        boolean epochHasLeadingZero = text.charAt(0) == '0' && dot > 1;
        return !offsetHasLeadingZero && !epochHasLeadingZero;
    }
}
