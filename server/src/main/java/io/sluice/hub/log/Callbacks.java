package io.sluice.hub.log;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs what others gave us so that their bug stays theirs: it is logged, and the log goes on for everybody else. */
final class Callbacks {
    static final Runnable NOTHING = () -> {};

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private Callbacks() {}

    static void run(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException bug) {
            LOG.error("a log's callback failed", bug);
        }
    }
}
