package io.sluice.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * Where a command reads and prints, so that a test can be its terminal.
 *
 * @param environment the variables
 * @param interactive true when a person sits in front of it: both what is printed and what is read
 */
public record Terminal(
        InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, boolean interactive) {
    /** The process's own. Since JDK 25 there is again no console where input or output is no terminal. */
    @SuppressWarnings("SystemConsoleNull")
    public static Terminal ofProcess() {
        var console = System.console();
        return new Terminal(
                System.in, System.out, System.err, System.getenv(), console != null && console.isTerminal());
    }
}
