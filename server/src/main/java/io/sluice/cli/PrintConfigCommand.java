package io.sluice.cli;

import io.sluice.config.ConfigPrinter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice print-config}. */
@Command(
        name = "print-config",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the whole configuration as it applies: file, SLUICE_* variables and defaults.",
            "",
            "  sluice print-config > sluice.yaml",
            "  SLUICE_EDGE_PORT=8081 sluice print-config --config sluice.yaml",
            ""
        })
final class PrintConfigCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Server.Maker servers;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(names = "--show-secrets", description = "Print secrets in place of stars.")
    private boolean showSecrets;

    PrintConfigCommand(Terminal terminal, Server.Maker servers) {
        this.terminal = terminal;
        this.servers = servers;
    }

    @Override
    public Integer call() {
        var read = config.read(terminal.environment(), servers);
        terminal.out().print(showSecrets ? ConfigPrinter.printRevealing(read) : ConfigPrinter.print(read));
        terminal.out().flush();
        return 0;
    }
}
