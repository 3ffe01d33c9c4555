package io.sluice.cli;

import java.util.Iterator;
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
public final class BenchCommand implements Callable<Integer> {
    /** What the bench's jar can run, for completion; a test of the bench holds this to what is there. */
    public static final List<String> NAMES =
            List.of("fanout", "idle", "resume", "restart", "publish", "start", "storm", "attack", "webhooks", "jmh");

    /** The same, for the parser. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return NAMES.iterator();
        }
    }

    private final Terminal terminal;

    @Parameters(
            arity = "0..*",
            paramLabel = "WHAT",
            description = "${COMPLETION-CANDIDATES}; each explains itself: ./sluice bench fanout --help",
            completionCandidates = Names.class)
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
