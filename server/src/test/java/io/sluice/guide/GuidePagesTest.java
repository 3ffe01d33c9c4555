package io.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every fenced block of docs/guide in order, each page against a server of its own, and compares what a block prints with the
 * {@code text} block below it: line by line, where {@code ...} stands for any lines. Positions, times and names made at random count
 * as the same. A block without a runner, and a {@code text} block that nothing prints, fail.
 */
final class GuidePagesTest {
    private static final Path GUIDE = Path.of("..", "docs", "guide");

    @TestFactory
    Stream<DynamicTest> everyBlockOfTheGuideRunsAndPrintsWhatThePageShows() throws IOException {
        try (var pages = Files.list(GUIDE)) {
            return pages
                    .filter(page -> page.toString().endsWith(".md")
                            && page.toString().contains(System.getProperty("guide.page", "")))
                    .sorted()
                    .map(page -> DynamicTest.dynamicTest(page.getFileName().toString(), () -> play(page)))
                    .toList()
                    .stream();
        }
    }

    @Test
    void aBlockWithoutARunnerAndAWrongOutputFail() throws IOException {
        var page = Files.createTempFile("page", ".md");
        Files.writeString(page, """
                ```cobol
                STOP RUN.
                ```

                ```sh
                echo one; echo two; echo three
                ```

                ```text
                one
                ...
                three
                ```

                ```sh
                echo one
                ```

                ```text
                two
                ```

                ```sh
                exit 3
                ```

                prose

                ```text
                nobody prints this
                ```
                """);

        assertThat(faults(page)).hasSize(4).allMatch(fault -> fault.startsWith(page.getFileName() + ":"));
    }

    private static void play(Path page) throws IOException {
        assertThat(faults(page)).isEmpty();
    }

    private static List<String> faults(Path page) throws IOException {
        var faults = new ArrayList<String>();
        try (var stage = new Stage(Files.createTempDirectory("guide"))) {
            for (var block : Block.of(page)) {
                var runner = BlockRunners.ALL.get(block.language());
                if (runner == null) {
                    faults.add(block + ": nothing runs this, or nothing prints it");
                    continue;
                }
                try {
                    var printed = steady(stage.asOnThePage(runner.run(block, stage)));
                    if (!fits(steady(block.shown()), printed) && !block.shown().isEmpty()) {
                        faults.add(block + " should print:\n" + block.shown() + "but printed:\n" + printed);
                    }
                } catch (Exception | AssertionError failure) {
                    faults.add(block + ": " + failure + (failure.getCause() == null ? "" : " " + failure.getCause()));
                }
            }
        }
        return faults;
    }

    /** Whether what was printed is what is shown, where a line of three dots stands for any lines. */
    private static boolean fits(String shown, String printed) {
        var pattern = new StringBuilder();
        for (var line : shown.strip().lines().toList()) {
            pattern.append(
                    line.strip().equals("...")
                            ? "(?:.*\n)*?"
                            : java.util.regex.Pattern.quote(line.stripTrailing()) + "\n");
        }
        var lines = new StringBuilder();
        printed.strip()
                .lines()
                .forEach(line -> lines.append(line.stripTrailing()).append('\n'));
        return lines.toString().matches(pattern.toString());
    }

    private static String steady(String text) {
        return text.replace("\r", "")
                .replaceAll("[0-9a-z]{9,13}\\.(\\d+)", "<position $1>")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "<time>")
                .replaceAll("\"(instance|session|ticket|secret)\":\"[^\"]+\"", "\"$1\":\"...\"")
                .replaceAll("(?i)((?:date|x-request-id|etag|retry-after): ).*", "$1...");
    }
}
