package io.sluice.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.admin.ConsolePages;
import io.sluice.admin.DemoPages;
import io.sluice.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.json.JsonMapper;

/** Runs {@code npm test} of clients/js once, against the server under test; each of its tests counts as one here. */
final class JavaScriptClientTest {
    private static final Path CLIENT = Path.of("..", "clients", "js");
    private static final Pattern RESULT = Pattern.compile("( *)(ok|not ok) \\d+ - (.*)");
    private static final long INSTALL_SECONDS = 180;
    private static final long TEST_SECONDS = 420;

    @TestFactory
    Stream<DynamicTest> theClientsOwnTestsPass() throws Exception {
        install();

        var printed = run(TEST_SECONDS, "npm", "test", "--silent");
        var results = RESULT.matcher(printed).results().toList();

        // The totals are printed last: without them the runner has died on the way.
        assertThat(printed).contains("# pass ");
        assertThat(results).hasSizeGreaterThan(50);
        return results.stream()
                .map(result -> DynamicTest.dynamicTest(
                        result.group(3),
                        () -> assertThat(result.group(2))
                                .as(detail(printed, result.end()))
                                .isEqualTo("ok")));
    }

    @Test
    void everyFileOfTheFoldersIsServed() throws IOException {
        var expected = new ArrayList<String>();
        expected.addAll(files(Path.of("src", "main", "resources", "web"), ""));
        expected.addAll(files(CLIENT.resolve("src"), "sdk/"));

        var served = Stream.concat(DemoPages.FILES.stream(), ConsolePages.FILES.stream())
                .distinct()
                .toList();

        assertThat(served).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static List<String> files(Path folder, String prefix) throws IOException {
        try (var paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> prefix + folder.relativize(path).toString().replace('\\', '/'))
                    .toList();
        }
    }

    private static void install() throws IOException, InterruptedException {
        var log = run(INSTALL_SECONDS, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock");
        assertThat(CLIENT.resolve("node_modules/.bin/tsc"))
                .as("needs Node and npm with a registry within reach: " + log)
                .exists();
    }

    /** What a command of the client's folder printed, whether it succeeded or not. */
    private static String run(long seconds, String... command) throws IOException, InterruptedException {
        var output = Files.createTempFile("js", ".out");
        var builder = new ProcessBuilder(command)
                .directory(CLIENT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("TEST_SERVER_COMMAND", new JsonMapper().writeValueAsString(ServerProcess.command()));
        var process = builder.start();
        try {
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            var printed = Files.readString(output);
            assertThat(ended)
                    .as(String.join(" ", command) + " ends; it printed " + printed)
                    .isTrue();
            return printed;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.delete(output);
        }
    }

    /** What the runner says below a result. */
    private static String detail(String printed, int from) {
        int end = printed.indexOf("\n" + "# Subtest", from);
        var text = printed.substring(from, end < 0 ? printed.length() : end);
        return text.length() < 4000 ? text : text.substring(0, 4000);
    }
}
