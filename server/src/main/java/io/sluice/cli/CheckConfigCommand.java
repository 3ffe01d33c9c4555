package io.sluice.cli;

import io.sluice.config.ConfigReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice check-config}. */
@Command(
        name = "check-config",
        mixinStandardHelpOptions = true,
        description = {
            "Reads a configuration and reports every problem in it with its line.",
            "",
            "  sluice check-config sluice.yaml",
            ""
        })
final class CheckConfigCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Server.Maker servers;

    @Parameters(paramLabel = "FILE", description = "The configuration.")
    private Path file = Path.of("sluice.yaml");

    CheckConfigCommand(Terminal terminal, Server.Maker servers) {
        this.terminal = terminal;
        this.servers = servers;
    }

    @Override
    public Integer call() {
        ConfigReader.read(file, terminal.environment(), servers::problems);
        terminal.out().println(file + " is fine");
        return 0;
    }
}
