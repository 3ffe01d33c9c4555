package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/**
 * docs/reference/cli.md is what the commands say of themselves. To write it anew: {@code ./mvnw test -pl server -am
 * -Dtest=CommandPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.update=true}.
 */
class CommandPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "cli.md");

    private final PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    private final Cli cli = new Cli(
            new Terminal(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, Map.of(), false), (config, again) -> {
                throw new IllegalStateException("nothing is served here");
            });

    @Test
    void thePageIsUpToDate() throws IOException {
        var page = new StringBuilder("""
                # Command line

                Generated from the commands themselves; a test keeps it so. Exit codes: 0 fine, 1 failed, 2 usage. `./sluice test`,
                `./sluice bench`, `./sluice compare`, `./sluice simulate`, `./sluice soak` and `./sluice fuzz` belong to the launcher of the
                source tree.
                """);
        cli.everything()
                .setUsageHelpWidth(100)
                .getSubcommands()
                .forEach((name, command) -> page.append("\n## ")
                        .append(name)
                        .append("\n\n```text\n")
                        .append(command.setUsageHelpWidth(100)
                                .getUsageMessage(Ansi.OFF)
                                .stripTrailing()
                                .replaceAll(" +\n", "\n"))
                        .append("\n```\n"));

        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE)).isEqualTo(page.toString());
    }

    @Test
    void everyCommandTeachesByExample() {
        var silent = cli.everything().getSubcommands().entrySet().stream()
                .filter(each -> each.getValue()
                        .getUsageMessage(Ansi.OFF)
                        .lines()
                        .noneMatch(line -> line.matches("  (\\./)?sluice " + each.getKey() + "( .*)?")))
                .map(Map.Entry::getKey)
                .toList();

        assertThat(silent).isEmpty();
    }
}
