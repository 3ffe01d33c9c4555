package io.sluice.config;

import java.time.Duration;

/**
 * How much per time; prints and parses as {@code 100/10s}, {@code 10MiB/1m} or {@code unlimited}. All of {@code quota} may be
 * taken at once; it comes back evenly over {@code window}.
 *
 * @param quota how many, or how many bytes; 0 for {@link #UNLIMITED}
 * @param window 1 ms to 24 h
 */
public record Rate(long quota, Duration window) {
    public static final Rate UNLIMITED = new Rate(0, Duration.ofSeconds(1));

    private static final String WORD = "unlimited";
    private static final long MIB = 1 << 20;

    public Rate {
        if (quota < 0 || quota > 1L << 40) {
            throw new IllegalArgumentException("must be of at most 1TiB");
        }
        if (window.compareTo(Duration.ofMillis(1)) < 0 || window.compareTo(Duration.ofHours(24)) > 0) {
            throw new IllegalArgumentException("must be per 1ms to 24h");
        }
    }

    public static Rate per(long quota, Duration window) {
        return new Rate(quota, window);
    }

    public boolean isUnlimited() {
        return quota == 0;
    }

    /** Parses {@code text}; throws IllegalArgumentException saying which forms there are. */
    public static Rate parse(String text) {
        if (text.trim().equals(WORD)) {
            return UNLIMITED;
        }
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(
                    "must be a rate such as 100/10s, 10MiB/1m or unlimited, not '" + text + "'");
        }
        long quota = DataSize.parse(text.substring(0, slash)).bytes();
        if (quota == 0) {
            throw new IllegalArgumentException("must be more than 0, or unlimited");
        }
        return new Rate(quota, (Duration) Scalars.read(Duration.class, text.substring(slash + 1)));
    }

    @Override
    public String toString() {
        if (isUnlimited()) {
            return WORD;
        }
        var amount = quota % MIB == 0 ? new DataSize(quota).toString() : Long.toString(quota);
        return amount + "/" + Scalars.print((Object) window);
    }
}
