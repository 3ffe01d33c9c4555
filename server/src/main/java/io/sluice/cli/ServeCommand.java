package io.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Serves until it is asked to stop (SIGTERM, Ctrl-C), then drains.",
            "",
            "  sluice serve",
            "  sluice serve --config /etc/sluice.yaml",
            "  SLUICE_EDGE_PORT=8081 sluice serve",
            ""
        })
final class ServeCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Server.Maker servers;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    ServeCommand(Terminal terminal, Server.Maker servers) {
        this.terminal = terminal;
        this.servers = servers;
    }

    @Override
    public Integer call() {
        return new ServerRun(servers, config.read(terminal.environment(), servers)).untilAskedToStop(addresses -> {});
    }
}
