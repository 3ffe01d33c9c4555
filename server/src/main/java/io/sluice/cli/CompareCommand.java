package io.sluice.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice compare}: beside the server's jar; the launcher runs it. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Measures Sluice beside nchan, NATS, uWebSockets, Bun, ws and socket.io: the same work for each, in one run.",
            "",
            "The comparison is not part of the server's jar. The launcher in the source tree runs it:",
            "",
            "  ./sluice compare",
            "  ./sluice compare --quick",
            "  ./sluice compare --peers sluice,nchan --rows storm",
            ""
        })
final class CompareCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--quick", description = "A tenth of everything, to see that it works.")
    private boolean quick;

    @Option(
            names = "--peers",
            paramLabel = "NAMES",
            description = "sluice, nchan, nats, uws, bun, ws, socket.io (all).")
    private @Nullable String peers;

    @Option(names = "--rows", paramLabel = "NAMES", description = "fanout, paced, idle, storm, transports (all).")
    private @Nullable String rows;

    CompareCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.err().println("sluice: the comparison is not in this jar; in the source tree run: ./sluice compare");
        return 1;
    }
}
