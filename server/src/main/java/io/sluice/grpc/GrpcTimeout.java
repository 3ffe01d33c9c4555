package io.sluice.grpc;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The {@code grpc-timeout} field: at most 8 digits and a unit. */
final class GrpcTimeout {
    private static final int MAX_DIGITS = 8;

    private GrpcTimeout() {}

    /** In nanoseconds, or null when {@code text} is no timeout. */
    static @Nullable Long nanos(String text) {
        int digits = text.length() - 1;
        if (digits < 1 || digits > MAX_DIGITS) {
            return null;
        }
        for (int i = 0; i < digits; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return null;
            }
        }
        var unit = switch (text.charAt(digits)) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> null;
        };
        return unit == null ? null : unit.toNanos(Long.parseLong(text, 0, digits, 10));
    }
}
