package io.sluice.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * Where a command reads and prints, so that a test can be its terminal.
 *
 * @param environment the variables
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
    /** The process's own. */
    public static Terminal ofProcess() {
        return new Terminal(System.in, System.out, System.err, System.getenv());
    }
}
