package io.sluice.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Prints a configuration as complete YAML, defaults included, that reads back equal. */
public final class ConfigPrinter {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*");
    private static final Set<String> RESERVED = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private final boolean revealing;
    private final StringBuilder out = new StringBuilder();

    private ConfigPrinter(boolean revealing) {
        this.revealing = revealing;
    }

    /** With stars in place of secrets, for people. */
    public static String print(Config config) {
        return new ConfigPrinter(false).document(config);
    }

    /** With secrets, for a file that is to be read again. */
    public static String printRevealing(Config config) {
        return new ConfigPrinter(true).document(config);
    }

    /** SHA-256 of {@link #print}: tells two servers' settings apart without telling secrets. Hexadecimal. */
    public static String digest(Config config) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(print(config).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private String document(Config config) {
        members(config, 0);
        return out.toString();
    }

    private void members(Object owner, int depth) {
        for (var component : owner.getClass().getRecordComponents()) {
            var value = RecordBinder.read(component, owner);
            if (value != null) {
                out.append("  ".repeat(depth)).append(Keys.key(component)).append(':');
                value(value, depth);
            }
        }
    }

    /** Goes on behind a colon. */
    private void value(Object value, int depth) {
        switch (value) {
            case Map<?, ?> map when map.isEmpty() -> out.append(" {}\n");
            case List<?> list when list.isEmpty() -> out.append(" []\n");
            case Map<?, ?> map -> {
                out.append('\n');
                var sorted = new TreeMap<String, Object>();
                map.forEach((name, entry) -> sorted.put((String) name, entry));
                sorted.forEach((name, entry) -> {
                    out.append("  ".repeat(depth + 1)).append(quoted(name)).append(':');
                    value(entry, depth + 1);
                });
            }
            case List<?> list -> {
                out.append('\n');
                list.forEach(item -> {
                    out.append("  ".repeat(depth + 1)).append('-');
                    if (!(item instanceof Record) || Scalars.isScalar(item.getClass())) {
                        out.append(' ').append(quoted(Scalars.print(item))).append('\n');
                    } else {
                        value(item, depth + 1);
                    }
                });
            }
            case Secret secret ->
                out.append(' ')
                        .append(quoted(revealing ? secret.reveal() : Secret.MASK))
                        .append('\n');
            case Rate rate -> out.append(' ').append(quoted(rate.toString())).append('\n');
            case DataSize size -> out.append(' ').append(size).append('\n');
            case Record section -> {
                out.append('\n');
                members(section, depth + 1);
            }
            case Number number -> out.append(' ').append(number).append('\n');
            case Boolean truth -> out.append(' ').append(truth).append('\n');
            case java.time.Duration duration ->
                out.append(' ').append(Scalars.print(duration)).append('\n');
            default -> out.append(' ').append(quoted(Scalars.print(value))).append('\n');
        }
    }

    /** Text as it may stand in YAML: in double quotes unless it can be mistaken for nothing else. */
    private static String quoted(String text) {
        if (PLAIN.matcher(text).matches() && !RESERVED.contains(text.toLowerCase(java.util.Locale.ROOT))) {
            return text;
        }
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f || c == '\u0085' || c == '\u2028' || c == '\u2029') {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
