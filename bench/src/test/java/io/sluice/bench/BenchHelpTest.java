package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.BenchCommand;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What the load tool says of itself. */
class BenchHelpTest {
    private final CommandLine bench = Bench.commands();

    @Test
    void everyBenchTeachesByExample() {
        assertThat(bench.getSubcommands())
                .isNotEmpty()
                .allSatisfy((name, command) ->
                        assertThat(command.getUsageMessage(Ansi.OFF)).contains("\n  ./sluice bench " + name));
    }

    @Test
    void theShellCompletesEveryBench() {
        assertThat(BenchCommand.NAMES)
                .containsExactlyElementsOf(bench.getSubcommands().keySet());
    }
}
