package io.sluice.testkit;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** Every line that this process logs until it is closed, as {@code logger message}. Thread-safe. */
public final class LogLines implements AutoCloseable {
    private static final Logger MARKS = LogManager.getLogger(LogLines.class);

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final AbstractAppender appender = new AbstractAppender("lines", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
            var thrown = event.getThrown();
            lines.add(event.getLoggerName() + " " + event.getMessage().getFormattedMessage()
                    + (thrown == null ? "" : " " + thrown));
        }
    };

    private int looks;

    public LogLines() {
        appender.start();
        root().addAppender(appender, Level.ALL, null);
    }

    /** What was logged so far: waits for its own line, since the loggers hand over to a thread that writes, in order. */
    public List<String> all() {
        var end = "all lines before " + ++looks;
        MARKS.warn(end);
        Eventually.holds(() -> lines.stream().anyMatch(line -> line.endsWith(end)));
        return lines.stream().filter(line -> !line.startsWith(MARKS.getName())).toList();
    }

    @Override
    public void close() {
        root().removeAppender(appender.getName());
        appender.stop();
    }

    private static org.apache.logging.log4j.core.config.LoggerConfig root() {
        return ((LoggerContext) LogManager.getContext(false)).getConfiguration().getRootLogger();
    }
}
