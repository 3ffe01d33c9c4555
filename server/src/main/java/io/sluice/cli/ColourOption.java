package io.sluice.cli;

import java.util.Locale;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** {@code --color}: by itself only on a terminal, and not where NO_COLOR is set (no-color.org). */
final class ColourOption {
    /** When to use colours. */
    enum When {
        AUTO,
        ALWAYS,
        NEVER
    }

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            description = "always, never or auto: on a terminal without NO_COLOR (auto).",
            converter = Name.class)
    private When when = When.AUTO;

    Ansi of(Terminal terminal) {
        boolean wanted = terminal.interactive()
                && terminal.environment().getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(terminal.environment().get("TERM"));
        return switch (when) {
            case ALWAYS -> Ansi.ON;
            case NEVER -> Ansi.OFF;
            case AUTO -> wanted ? Ansi.ON : Ansi.OFF;
        };
    }

    /** Text in a style, where there are colours. */
    static String painted(Ansi colours, Ansi.Style style, String text) {
        return colours.enabled() ? style.on() + text + style.off() : text;
    }

    /** Reads a word in lower case. */
    static final class Name implements picocli.CommandLine.ITypeConverter<When> {
        @Override
        public When convert(String value) {
            try {
                return When.valueOf(value.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException other) {
                throw new picocli.CommandLine.TypeConversionException("must be always, never or auto, not " + value);
            }
        }
    }
}
