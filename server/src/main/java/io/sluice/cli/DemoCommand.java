package io.sluice.cli;

import io.sluice.config.AdminConfig;
import io.sluice.config.Config;
import io.sluice.config.ConfigReader;
import io.sluice.config.DataSize;
import io.sluice.config.TlsConfig;
import io.sluice.config.WebSocketConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice demo}: everything on one machine, for everybody on it, on loopback only. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Starts Sluice on this machine with pages to play with. What is published stays in the data folder.",
            "",
            "  sluice demo",
            "  sluice demo --port 8081 --data /tmp/demo",
            "  sluice demo --tls",
            ""
        })
final class DemoCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Server.Maker servers;

    @Option(names = "--tls", description = "Serve HTTPS on 8443 with a certificate made for this.")
    private boolean tls;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The edge port (8080, with --tls 8443); 0 takes a free one.")
    private int port = -1;

    @Option(names = "--admin-port", paramLabel = "PORT", description = "The admin port (9090); 0 takes a free one.")
    private int adminPort = 9090;

    @Option(names = "--data", paramLabel = "FOLDER", description = "Where messages are kept (${DEFAULT-VALUE}).")
    private Path data = Path.of("data", "demo");

    DemoCommand(Terminal terminal, Server.Maker servers) {
        this.terminal = terminal;
        this.servers = servers;
    }

    @Override
    public Integer call() {
        return new ServerRun(servers, this::config).untilAskedToStop(this::explain);
    }

    Config config() {
        try {
            return relaxed();
        } catch (IllegalArgumentException broken) {
            throw new CommandFailed(broken.getMessage() == null ? "bad option" : broken.getMessage());
        }
    }

    private Config relaxed() {
        // Variables still count, so that a test or a container can move the demo; what follows is said by options.
        var base = ConfigReader.read(null, terminal.environment(), servers::problems);
        int edgePort = port >= 0 ? port : (tls ? 8443 : 8080);
        var edge = base.edge()
                .at("127.0.0.1", edgePort)
                .with(new WebSocketConfig(true, DataSize.mib(2), DataSize.mib(2)))
                .draining(Duration.ZERO, Duration.ofSeconds(2))
                .demonstrating();
        if (tls) {
            edge = edge.with(certificate());
        }
        return base.with(base.hub().in(data))
                .with(new AdminConfig("127.0.0.1", adminPort))
                .with(edge);
    }

    private TlsConfig certificate() {
        return DemoCertificate.in(data.resolve("tls"));
    }

    private void explain(List<String> addresses) {
        var edge = addresses.getFirst();
        var out = terminal.out();
        out.println();
        out.println("  Sluice " + VersionCommand.version() + " is running, for this machine only; Ctrl-C stops it.");
        out.println();
        out.println("  demos       " + edge + "/");
        if (addresses.size() > 1) {
            out.println("  console     " + addresses.getLast() + "/");
        }
        out.println("  messages    " + data.toAbsolutePath().normalize());
        out.println();
        out.println("  Publish a message, and watch the channel in another terminal:");
        out.println();
        var trust = tls ? " --cacert " + data.resolve("tls").resolve(DemoCertificate.CERTIFICATE) : "";
        out.println("    curl" + trust + " -d '{\"text\":\"hello\"}' -H 'content-type: application/json' " + edge
                + "/v1/channels/chat:general/messages");
        out.println("    curl -N" + trust + " '" + edge + "/v1/events?channel=chat:general&after=earliest'");
        out.println();
        out.flush();
    }
}
