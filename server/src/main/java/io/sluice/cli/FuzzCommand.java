package io.sluice.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice fuzz}: part of the tests, which the launcher runs. */
@Command(
        name = "fuzz",
        mixinStandardHelpOptions = true,
        description = {
            "Looks for inputs that break what a parser promises; lists what can be fuzzed when no target is named.",
            "",
            "The fuzzer is not part of the server's jar. The launcher in the source tree runs it:",
            "",
            "  ./sluice fuzz cursor --minutes 10",
            "  ./sluice fuzz all --runs 100000 --seed 7",
            ""
        })
final class FuzzCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "TARGET", description = "One of the list, or all.")
    private @Nullable String target;

    @Option(names = "--minutes", paramLabel = "N", description = "How long (1).")
    private long minutes = 1;

    @Option(names = "--runs", paramLabel = "N", description = "How many inputs instead.")
    private long runs;

    @Option(names = "--seed", paramLabel = "X", description = "Where to begin (anywhere).")
    private long seed;

    @Option(
            names = "--blind",
            description = "The same inputs in every run from that seed: nothing is learned on the way.")
    private boolean blind;

    FuzzCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.err()
                .println("sluice: the fuzzer is not in this jar; in the source tree run: ./sluice fuzz"
                        + (target == null ? "" : " " + target)
                        + (runs > 0 ? " --runs " + runs : " --minutes " + minutes)
                        + (seed > 0 ? " --seed " + seed : "")
                        + (blind ? " --blind" : ""));
        return 1;
    }
}
