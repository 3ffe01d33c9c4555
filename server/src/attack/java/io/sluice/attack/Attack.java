package io.sluice.attack;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * One kind of abuse.
 *
 * @param name as it is printed
 * @param evidence the beginning of the line of {@code /metrics} that counts it once the server has defended itself
 * @param strike does it once on a connection of its own, or a few; returns when the server has ended it or nothing is left to
 *     do. Runs again and again while an attack lasts
 */
public record Attack(String name, String evidence, Strike strike) {
    /** Does it once. A connection that the server ends is no failure. */
    @FunctionalInterface
    public interface Strike {
        void at(int port) throws IOException;
    }

    static Attack cut(String name, String reason, Strike strike) {
        return new Attack(name, "sluice_http_cuts_total{reason=\"" + reason + "\"}", strike);
    }

    static Attack refused(String name, String code, Strike strike) {
        return new Attack(name, "sluice_http_refusals_total{code=\"" + code + "\"}", strike);
    }

    /** Strikes once; a reset or closed connection is how most attacks end. */
    public void once(int port) {
        try {
            strike.at(port);
        } catch (IOException ended) {
            // The server, or the kernel in its name, has ended it.
        } catch (UncheckedIOException ended) {
            // The same.
        }
    }

    /** Its name, so that a test's report is readable. */
    @Override
    public String toString() {
        return name;
    }
}
