package io.sluice;

import io.sluice.cli.Cli;
import io.sluice.cli.Server;
import io.sluice.cli.Terminal;
import io.sluice.config.Config;
import io.sluice.net.Clock;

/** Arguments, then a command. The only class that exits the process. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new Cli(Terminal.ofProcess(), Main::server).run(arguments));
    }

    private static Server server(Config config) {
        return new Edge(config, Clock.SYSTEM);
    }
}
