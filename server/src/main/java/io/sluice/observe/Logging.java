package io.sluice.observe;

import org.apache.logging.log4j.LogManager;

/** Starts and ends the log, which goes to stderr through a ring of 4,096 lines and one thread of its own; when
 * it is full, lines of info and below are dropped. */
public final class Logging {
    private Logging() {}

    /**
     * Says how to log; to be called before the first logger is asked for.
     *
     * @param level the least severe level, such as {@code info}
     * @param format {@code text} or {@code json}
     */
    public static void start(String level, String format) {
        System.setProperty("sluice.log.level", level);
        System.setProperty("sluice.log.format", format);
        // Libraries that log to the JDK's loggers (Caffeine, gRPC) would print past level and format.
        System.setProperty("java.util.logging.manager", "org.apache.logging.log4j.jul.LogManager");
    }

    /** Writes what waits, then ends the log. */
    public static void stop() {
        LogManager.shutdown();
    }
}
