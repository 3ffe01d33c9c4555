package io.sluice.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    private final ConfigOption config;

    ServeCommand(Terminal terminal, Server.Maker servers) {
        this(terminal, servers, new ConfigOption());
    }

    private ServeCommand(Terminal terminal, Server.Maker servers, ConfigOption config) {
        this.terminal = terminal;
        this.servers = servers;
        this.config = config;
    }

    /** The command for {@code serve} and {@code serve --config FILE}, the ways a service manager runs it; null for any other. */
    static @Nullable ServeCommand plain(Terminal terminal, Server.Maker servers, String... arguments) {
        if (arguments.length == 0 || !arguments[0].equals("serve")) {
            return null;
        }
        return switch (arguments.length) {
            case 1 -> new ServeCommand(terminal, servers);
            case 3 ->
                arguments[1].equals("--config")
                        ? new ServeCommand(terminal, servers, new ConfigOption(Path.of(arguments[2])))
                        : null;
            default -> null;
        };
    }

    @Override
    public Integer call() {
        return new ServerRun(servers, () -> config.read(terminal.environment(), servers))
                .untilAskedToStop(addresses -> {});
    }
}
