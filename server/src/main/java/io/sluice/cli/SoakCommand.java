package io.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice soak}: beside the server's jar; the launcher runs it. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the built server under churn, storms and kills; fails when a message was lost or anything grew.",
            "",
            "The soak is not part of the server's jar. The launcher in the source tree runs it:",
            "",
            "  ./sluice soak --minutes 10",
            "  ./sluice soak --hours 8 --readers 30",
            ""
        })
final class SoakCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--minutes", paramLabel = "N", description = "How long (10).")
    private double minutes;

    @Option(names = "--hours", paramLabel = "N", description = "How long.")
    private double hours;

    @Option(names = "--readers", paramLabel = "N", description = "Readers of each kind of client (9).")
    private int readers;

    @Option(names = "--seed", paramLabel = "N", description = "Decides when what goes wrong (1).")
    private long seed;

    SoakCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.err()
                .println("sluice: the soak is not in this jar; in the source tree run: ./sluice soak --minutes 10");
        return 1;
    }
}
