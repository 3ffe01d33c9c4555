package io.sluice.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice bench}: lives in a jar of its own, which the launcher runs. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures fan-out, idle memory, resume and publishing.",
            "",
            "The bench is not part of the server's jar. The launcher in the source tree runs it:",
            "",
            "  ./sluice bench fanout",
            ""
        })
final class BenchCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(arity = "0..*", hidden = true)
    private List<String> ignored = List.of();

    BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.err()
                .println("sluice: the bench is not in this jar; in the source tree run: ./sluice bench "
                        + String.join(" ", ignored));
        return 1;
    }
}
