package io.sluice.config;

/**
 * What Sluice tells about itself.
 *
 * @param accessLog whether every request is logged in one line, without tokens and bodies
 * @param logLevel the least severe event that is logged
 * @param logFormat how a log line looks: {@code text} for people, {@code json} for machines
 */
public record ObserveConfig(boolean accessLog, Level logLevel, Format logFormat) {

    /** Severity, most severe first. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /** How a log line looks. */
    public enum Format {
        TEXT,
        JSON
    }

    public ObserveConfig() {
        this(false, Level.INFO, Format.TEXT);
    }
}
