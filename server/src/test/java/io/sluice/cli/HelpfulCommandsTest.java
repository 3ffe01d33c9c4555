package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.Config;
import io.sluice.testkit.EdgeServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that help: trace, advise and completion. */
class HelpfulCommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aTraceShowsThePhasesOfARequest() {
        try (var server = EdgeServer.inMemory()) {
            int code = run("", false, "trace", server.uri("/v1/channels/news").toString());

            assertThat(code).isZero();
            assertThat(out().lines().map(line -> line.split(" ", 2)[0]))
                    .contains("dns", "tcp", "request", "server", "transfer", "total")
                    .doesNotContain("tls");
            assertThat(out()).contains("200, ").contains("█");
        }
    }

    @Test
    void aRepeatedTraceGivesPercentilesAsJson() {
        try (var server = EdgeServer.inMemory()) {
            int code = run("", true, "trace", server.uri("/nothing").toString(), "-n", "5", "--json");

            assertThat(code).isZero();
            var report = Objects.requireNonNull(Json.read(out()));
            assertThat(report.path("status").asInt()).isEqualTo(404);
            assertThat(report.path("requests").asInt()).isEqualTo(5);
            var total = report.path("milliseconds").path("total");
            assertThat(total.path("p50").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(total.path("max").asDouble());
            assertThat(err()).as("the progress bar").contains("5 of 5");
        }
    }

    @Test
    void aTraceOverTlsKnowsTheProtocolAndTrustsOnlyWhatItIsTold(@TempDir Path folder) {
        var tls = DemoCertificate.in(folder);
        try (var server = EdgeServer.with(new Config().with(new Config().edge().with(tls)))) {
            var url = "https://localhost:" + server.port() + "/v1/channels/news";

            int trusted =
                    run("", false, "trace", url, "--cacert", tls.certificate().toString());
            int unknown = run("", false, "trace", url);

            assertThat(trusted).isZero();
            assertThat(out()).contains("TLSv1.3").contains("tls ");
            assertThat(unknown).isEqualTo(1);
            assertThat(err()).contains("no answer from " + url);
        }
    }

    @Test
    void aServerThatNeverAnswersEndsTheTraceInTime() throws Exception {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            var url = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/");

            int code = run("", false, "trace", url.toString(), "--timeout", "1");

            assertThat(code).isEqualTo(1);
            assertThat(err()).contains("it was not over after 1 s");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "page,    listen, now,     open,    server-sent events",
        "page,    both,   now,     open,    WebSocket",
        "app,     listen, now,     open,    WebSocket",
        "page,    listen, seconds, hostile, long poll",
        "service, both,   now,     open,    gRPC",
        "script,  listen, now,     open,    long poll",
        "script,  listen, seconds, open,    short poll",
        "page,    listen, minutes, hostile, short poll"
    })
    void adviceFollowsFromFourAnswers(String client, String talk, String delay, String network, String transport) {
        int code = run(
                "",
                false,
                "advise",
                "--client",
                client,
                "--talk",
                talk,
                "--delay",
                delay,
                "--network",
                network,
                "--json");

        assertThat(code).isZero();
        var advice = Objects.requireNonNull(Json.read(out()));
        assertThat(advice.path("transport").asString()).isEqualTo(transport);
        assertThat(advice.propertyNames()).contains("why", "breaks_on", "then", "try");
    }

    @Test
    void aPersonIsAskedWhatWasNotGivenUntilTheAnswerFits() {
        int code = run("fish\npage\nnow\nopen\n", true, "advise", "--talk", "both");

        assertThat(code).isZero();
        assertThat(out())
                .contains("Who receives?")
                .contains("One of page, app, service, script, please.")
                .contains("Take WebSocket.")
                .doesNotContain("mostly listen,");
    }

    @Test
    void aScriptThatGivesTooLittleIsToldWhat() {
        int code = run("", false, "advise", "--client", "page");

        assertThat(code).isEqualTo(2);
        assertThat(err()).contains("--talk must be one of listen, both");
    }

    @Test
    void theShellCompletesCommands(@TempDir Path folder) throws Exception {
        assertThat(run("", false, "completion", "bash")).isZero();
        var script = Files.writeString(folder.resolve("completion"), out());

        var shell = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source " + script + " && COMP_WORDS=(sluice che) COMP_CWORD=1 && _complete_sluice"
                                + " && echo \"${COMPREPLY[@]}\" && complete -p sluice")
                .redirectErrorStream(true)
                .start();
        var said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said.lines().findFirst()).hasValue("check-config");
        assertThat(said).contains("-F _complete_sluice sluice");
    }

    private int run(String typed, boolean person, String... arguments) {
        var terminal = new Terminal(
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                person);
        return new Cli(terminal, (config, again) -> {
                    throw new IllegalStateException("nothing is served here");
                })
                .run(arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
