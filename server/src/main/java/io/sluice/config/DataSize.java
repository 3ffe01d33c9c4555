package io.sluice.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** A number of bytes; prints and parses as {@code 64KiB}, {@code 10MB} or plain bytes. */
public record DataSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(B|KB|KIB|MB|MIB|GB|GIB)?");

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("must not be negative");
        }
    }

    public static DataSize kib(long n) {
        return new DataSize(n << 10);
    }

    public static DataSize mib(long n) {
        return new DataSize(n << 20);
    }

    /** Parses {@code text}; throws IllegalArgumentException saying which forms there are. */
    public static DataSize parse(String text) {
        var form = FORM.matcher(text.trim().toUpperCase(Locale.ROOT));
        if (!form.matches()) {
            throw new IllegalArgumentException("must be a size such as 512, 64KiB or 10MB, not '" + text + "'");
        }
        var unit = form.group(2) == null ? "B" : form.group(2);
        long factor = switch (unit) {
            case "KB" -> 1_000L;
            case "KIB" -> 1L << 10;
            case "MB" -> 1_000_000L;
            case "MIB" -> 1L << 20;
            case "GB" -> 1_000_000_000L;
            case "GIB" -> 1L << 30;
            default -> 1L;
        };
        long count = Long.parseLong(form.group(1));
        if (count > Long.MAX_VALUE / factor) {
            throw new IllegalArgumentException("is too large");
        }
        return new DataSize(count * factor);
    }

    @Override
    public String toString() {
        if (bytes >= 1 << 30 && bytes % (1 << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        if (bytes >= 1 << 10 && bytes % (1 << 10) == 0) {
            return (bytes >> 10) + "KiB";
        }
        return Long.toString(bytes);
    }
}
