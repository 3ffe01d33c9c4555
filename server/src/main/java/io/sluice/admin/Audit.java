package io.sluice.admin;

import io.sluice.http.HttpExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each thing that an operator did, under the logger {@code io.sluice.audit}. */
final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger("io.sluice.audit");

    private Audit() {}

    /**
     * @param action what was done, one word
     * @param outcome fields {@code name=value} without control characters
     */
    static void line(HttpExchange exchange, String action, String outcome) {
        LOG.info(
                "action={} {} peer={} request={}",
                action,
                outcome,
                exchange.peer().getAddress().getHostAddress(),
                exchange.requestId());
    }
}
