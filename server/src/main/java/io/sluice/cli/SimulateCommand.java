package io.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice simulate}: part of the tests, which the launcher runs. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "Plays seeds, each a whole server with clients, network and disk in one thread, until one breaks a promise.",
            "",
            "The simulator is not part of the server's jar. The launcher in the source tree runs it:",
            "",
            "  ./sluice simulate --seeds 100000",
            "  ./sluice simulate --transcript --seed 4711",
            ""
        })
final class SimulateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--seeds", paramLabel = "N", description = "How many (20000).")
    private long seeds = 20_000;

    @Option(names = "--seed", paramLabel = "FIRST", description = "The first one (1).")
    private long seed = 1;

    @Option(names = "--transcript", description = "Print every step of that seed instead.")
    private boolean transcript;

    SimulateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.err()
                .println("sluice: the simulator is not in this jar; in the source tree run: ./sluice simulate --seeds "
                        + seeds + " --seed " + seed + (transcript ? " --transcript" : ""));
        return 1;
    }
}
