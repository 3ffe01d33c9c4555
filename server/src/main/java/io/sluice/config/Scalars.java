package io.sluice.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The scalar types of the configuration: how each is read from text and printed as text that reads back equal. */
final class Scalars {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");
    private static final Map<Class<?>, Function<String, Object>> READERS = Map.of(
            String.class, text -> text,
            int.class, text -> (int) whole(text, Integer.MAX_VALUE),
            long.class, text -> whole(text, Long.MAX_VALUE),
            boolean.class, Scalars::truth,
            Duration.class, Scalars::duration,
            DataSize.class, DataSize::parse,
            Path.class, Scalars::path,
            Secret.class, Secret::new,
            Rate.class, Rate::parse,
            Network.class, Network::new);

    private Scalars() {}

    static boolean isScalar(Class<?> type) {
        return type.isEnum() || READERS.containsKey(type);
    }

    /** Throws IllegalArgumentException that says which forms there are. */
    static Object read(Class<?> type, String text) {
        if (type.isEnum()) {
            return constant(type, text);
        }
        var reader = READERS.get(type);
        if (reader == null) {
            throw new IllegalStateException("configuration records cannot hold " + type);
        }
        return reader.apply(text);
    }

    static String print(Object value) {
        return switch (value) {
            case Enum<?> constant -> Keys.word(constant);
            case Duration duration -> print(duration);
            default -> value.toString();
        };
    }

    private static String print(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0 || millis % 1000 != 0) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private static Object constant(Class<?> type, String text) {
        var constants =
                Arrays.stream(type.getEnumConstants()).map(c -> (Enum<?>) c).toList();
        for (var constant : constants) {
            if (Keys.word(constant).equals(text)) {
                return constant;
            }
        }
        var words = constants.stream().map(Keys::word).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("must be one of " + words + ", not '" + text + "'");
    }

    private static long whole(String text, long most) {
        try {
            long value = Long.parseLong(text);
            if (value <= most && value >= -most) {
                return value;
            }
        } catch (NumberFormatException notWhole) {
            // said below
        }
        throw new IllegalArgumentException("must be a whole number, not '" + text + "'");
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false, not '" + text + "'");
        };
    }

    private static Duration duration(String text) {
        var form = DURATION.matcher(text.trim());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "must be a duration such as 5ms, 25s, 10m, 24h or 7d, not '" + text + "'");
        }
        long amount = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    private static Path path(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must not be empty");
        }
        return Path.of(text);
    }
}
