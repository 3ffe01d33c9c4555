package io.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code sluice version}. */
@Command(
        name = "version",
        mixinStandardHelpOptions = true,
        description = {"Prints the version of Sluice and of Java.", "", "  sluice version", ""})
final class VersionCommand implements Callable<Integer> {
    private final Terminal terminal;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.out().println(line());
        return 0;
    }

    static String version() {
        var version = VersionCommand.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    static String line() {
        return "sluice " + version() + " (Java " + Runtime.version() + ")";
    }

    /** For {@code --version}. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {line()};
        }
    }
}
