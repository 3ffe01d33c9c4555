package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every command of README.md for real, in order, and compares what it prints with what README says it prints. Positions,
 * times and session names differ from run to run; everything else must be the same.
 */
final class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern POSITION = Pattern.compile("[0-9a-z]{9,13}\\.(\\d+)");
    private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z");
    private static final int CURL_TIMED_OUT = 28;

    /** What is not run here as it stands, and where the same is run in little. The demo is what the other commands talk to. */
    private static final Map<String, String> IN_LITTLE = Map.of(
            "./sluice demo", "server/src/test/java/io/sluice/ReadmeTest.java",
            "./sluice test", ".ci/run",
            "./sluice simulate --seeds 100000", "server/src/test/java/io/sluice/simulation/SimulationTest.java",
            "./sluice soak --minutes 10", "server/src/test/java/io/sluice/soak/SoakTest.java",
            "./sluice compare", "bench/src/test/java/io/sluice/bench/compare/CompareTest.java");

    /** A command with what README shows below it; empty where it shows nothing. */
    private record Example(String command, String shown) {}

    @Test
    void everyCommandPrintsWhatTheReadmeShows(@TempDir Path data) throws Exception {
        var examples = examples();
        var differences = new ArrayList<String>();

        try (var server = ServerProcess.demo(data, Map.of())) {
            for (var example : examples) {
                var printed = run(example.command, server.edge().toString());
                for (var line :
                        example.shown.lines().filter(text -> !text.isBlank()).toList()) {
                    if (printed.lines().noneMatch(each -> steady(each).equals(steady(line)))) {
                        differences.add(example.command + "\n  should print: " + line + "\n  but printed: " + printed);
                    }
                }
            }
        }

        assertThat(examples).hasSizeGreaterThan(5);
        assertThat(differences).isEmpty();
    }

    @Test
    void whatTakesLongIsRunInLittleElsewhere() throws IOException {
        var readme = Files.readString(README);

        assertThat(IN_LITTLE).allSatisfy((command, test) -> {
            assertThat(readme).contains("\n" + command);
            assertThat(Path.of("..", test)).exists();
        });
    }

    @Test
    void everyFigureNamesTheRunItComesFrom() throws IOException {
        assertThat(figures(README))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("](bench/results/"));
        assertThat(figures(Path.of("..", "bench", "README.md")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("](results/"));
    }

    private static List<String> figures(Path page) throws IOException {
        var text = Files.readString(page);
        int from = text.indexOf("## Figures");
        return text.substring(from, text.indexOf("\n## ", from))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| what "))
                .toList();
    }

    @Test
    void everyLinkToAFileLeadsSomewhere() throws IOException {
        var pages = new ArrayList<Path>();
        try (var paths = Files.walk(Path.of("..", "docs"))) {
            paths.filter(path -> path.toString().endsWith(".md")).forEach(pages::add);
        }
        for (var name : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")) {
            pages.add(Path.of("..", name));
        }

        var broken = new ArrayList<String>();
        for (var page : pages) {
            var links = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)").matcher(Files.readString(page));
            while (links.find()) {
                if (!Files.exists(page.resolveSibling(links.group(1)))) {
                    broken.add(page + " -> " + links.group(1));
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    /** The shell blocks' commands; the block that follows directly is what the last of them prints. */
    private static List<Example> examples() throws IOException {
        var examples = new ArrayList<Example>();
        var blocks = BLOCK.matcher(Files.readString(README)).results().toList();
        for (int i = 0; i < blocks.size(); i++) {
            if (!blocks.get(i).group(1).equals("sh")) {
                continue;
            }
            boolean shows = i + 1 < blocks.size() && !blocks.get(i + 1).group(1).equals("sh");
            var commands = blocks.get(i)
                    .group(2)
                    .lines()
                    .map(line -> line.replaceFirst("\\s+# .*", ""))
                    .filter(line -> !line.isBlank() && !IN_LITTLE.containsKey(line))
                    .toList();
            for (int c = 0; c < commands.size(); c++) {
                boolean last = c == commands.size() - 1;
                examples.add(new Example(
                        commands.get(c), last && shows ? blocks.get(i + 1).group(2) : ""));
            }
        }
        return examples;
    }

    private static String run(String command, String edge) throws IOException, InterruptedException {
        var launcher = ServerProcess.command().stream().map(ReadmeTest::quoted).collect(Collectors.joining(" "));
        var line = command.replace("http://127.0.0.1:8080", edge).replaceFirst("^\\./sluice ", launcher + " ");
        var builder = new ProcessBuilder("bash", "-c", line).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("SLUICE_URL", edge);
        var process = builder.start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(command + " ends").isTrue();
        boolean endsByTimeout = command.contains("--max-time");
        assertThat(process.exitValue()).as(command + " printed " + printed).isIn(0, endsByTimeout ? CURL_TIMED_OUT : 0);
        return printed;
    }

    private static String quoted(String word) {
        return "'" + word + "'";
    }

    /** {@code text} with everything that differs from run to run made the same. */
    private static String steady(String text) {
        var positions = POSITION.matcher(text).replaceAll("<position $1>");
        return TIME.matcher(positions).replaceAll("<time>").strip();
    }
}
