package io.sluice;

import io.sluice.cli.Cli;
import io.sluice.cli.Server;
import io.sluice.cli.Terminal;
import io.sluice.config.Config;
import io.sluice.config.ConfigException.Problem;
import io.sluice.net.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Arguments, then a command. The only class that exits the process. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new Cli(Terminal.ofProcess(), new Servers()).run(arguments));
    }

    /** An edge as the command line sees it: the wiring page knows nothing of commands. */
    private static final class Servers implements Server.Maker {
        @Override
        public Server make(Config config, Supplier<Config> again) {
            return server(new Edge(config, again, Clock.SYSTEM, Map.of()));
        }

        @Override
        public List<Problem> problems(Config config) {
            return Edge.problems(config);
        }
    }

    private static Server server(Edge edge) {
        return new Server() {
            @Override
            public void bind() {
                edge.bind();
            }

            @Override
            public void serve() {
                edge.serve();
            }

            @Override
            public void drain(Duration grace) {
                edge.drain(grace);
            }

            @Override
            public void close() {
                edge.close();
            }

            @Override
            public List<String> addresses() {
                return edge.addresses();
            }
        };
    }
}
