package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.Edge;
import io.sluice.config.Config;
import io.sluice.config.ConfigException.Problem;
import io.sluice.testkit.EdgeServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private boolean interactive;

    @Test
    void usageMistakesExitWithTwo() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("swim")).isEqualTo(2);
        assertThat(run("tail")).isEqualTo(2);
        assertThat(run("tail", "c", "--transport", "pigeon")).isEqualTo(2);
        assertThat(err()).contains("must be one of auto, ws, sse, longpoll, poll, grpc, not pigeon");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "serve",
                "check-config",
                "print-config",
                "publish",
                "tail",
                "token",
                "trace",
                "advise",
                "completion",
                "bench",
                "compare",
                "simulate",
                "soak",
                "version"
            })
    void everyCommandExplainsItself(String command) {
        assertThat(run(command, "--help")).isZero();

        assertThat(out()).contains("sluice " + command);
    }

    @Test
    void everyProblemOfAConfigurationIsALine(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("sluice.yaml"), "edge:\n  prot: 1\n  port: x\n");

        int code = run("check-config", file.toString());

        assertThat(code).isEqualTo(1);
        assertThat(err().lines())
                .containsExactly(
                        "sluice: edge.prot: unknown key; did you mean port? (sluice.yaml:2)",
                        "sluice: edge.port: must be a whole number, not 'x' (sluice.yaml:3)");
    }

    @Test
    void namesThatAreInNoListAreReportedWithTheirLine(@TempDir Path folder) throws Exception {
        var yaml = """
                hub:
                  namespaces:
                    chat:
                      engine: disc
                    feed:
                      engine: floppy
                """;
        var file = Files.writeString(folder.resolve("sluice.yaml"), yaml);

        int code = real("check-config", file.toString());

        assertThat(code).isEqualTo(1);
        assertThat(err().lines())
                .containsExactly(
                        "sluice: hub.namespaces.chat.engine: no engine is called 'disc'; there are memory, disk (sluice.yaml:4)",
                        "sluice: hub.namespaces.feed.engine: no engine is called 'floppy'; there are memory, disk (sluice.yaml:6)");
    }

    @Test
    void thePrintedConfigurationIsFine(@TempDir Path folder) throws Exception {
        environment.put("SLUICE_EDGE_PORT", "8099");
        assertThat(run("print-config")).isZero();
        var file = Files.writeString(folder.resolve("sluice.yaml"), out());

        assertThat(run("check-config", file.toString())).isZero();
        assertThat(out()).contains("port: 8099").contains("is fine");
    }

    @Test
    void aPortInUseIsOneClearLine() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("SLUICE_EDGE_PORT", String.valueOf(taken.getLocalPort()));

            int code = run("serve");

            assertThat(code).isEqualTo(1);
            assertThat(err())
                    .isEqualTo("sluice: cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": another program does; stop it or set edge.port (SLUICE_EDGE_PORT) to another port\n");
        }
    }

    @Test
    void withoutAServerPublishingSaysSo() {
        int code = run("publish", "c", "1", "--url", "http://127.0.0.1:1");

        assertThat(code).isEqualTo(1);
        assertThat(err())
                .isEqualTo("sluice: nothing answers at http://127.0.0.1:1; is the server running? (sluice demo)\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "sse", "ws", "poll", "longpoll", "grpc"})
    void whatIsPublishedIsTailed(String transport) {
        try (var server = EdgeServer.inMemory()) {
            environment.put("SLUICE_URL", server.uri("").toString());
            assertThat(run("publish", "chat:a", "{\"text\":\"hello\"}")).isZero();
            assertThat(run("publish", "chat:a", "two\u001b[31m", "--event", "note"))
                    .isZero();
            out.reset();

            int code = run("tail", "chat:a", "--transport", transport, "--after", "earliest", "--count", "2");

            assertThat(code).isZero();
            assertThat(out().lines())
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("chat:a ").endsWith(".1 message {\"text\":\"hello\"}"),
                            line -> assertThat(line).endsWith(".2 note two [31m"));
        }
    }

    @Test
    void aTailIsInColoursOnlyInFrontOfAPersonWhoWantsThem() {
        try (var server = EdgeServer.inMemory()) {
            environment.put("SLUICE_URL", server.uri("").toString());
            assertThat(run("publish", "a", "{}")).isZero();
            String[] tail = {"tail", "a", "--after", "earliest", "--count", "1"};

            assertThat(printedBy(false, tail)).doesNotContain("\u001b[");
            assertThat(printedBy(true, tail)).contains("\u001b[");
            environment.put("NO_COLOR", "1");
            assertThat(printedBy(true, tail)).doesNotContain("\u001b[");
            assertThat(printedBy(false, "tail", "a", "--after", "earliest", "--count", "1", "--color", "always"))
                    .contains("\u001b[");
        }
    }

    @Test
    void aRefusedTailSaysWhyAndFails() {
        try (var server = EdgeServer.inMemory()) {
            int code = run("tail", "no spaces", "--url", server.uri("").toString());

            assertThat(code).isEqualTo(1);
            assertThat(err()).contains("bad-channel: the channel name must be");
        }
    }

    @Test
    void aTestTokenNeedsASecretAndGrantsThatExist() {
        assertThat(run("token", "--user", "a")).isEqualTo(1);
        environment.put("SLUICE_SECRET", "0123456789abcdef0123456789abcdef");
        assertThat(run("token", "--user", "a", "--grant", "chat:*=swim")).isEqualTo(1);
        assertThat(run("token", "--user", "a", "--grant", "chat:*=publish")).isZero();

        assertThat(out()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+\n");
    }

    @Test
    void waitsGrowToThirtySecondsWithFullJitter() {
        var longest = new Backoff(bound -> bound - 1);

        assertThat(longest.next(null)).isEqualTo(Duration.ofMillis(500));
        assertThat(longest.next(null)).isEqualTo(Duration.ofSeconds(1));
        for (int i = 0; i < 20; i++) {
            longest.next(null);
        }
        assertThat(longest.next(null)).isEqualTo(Duration.ofSeconds(30));
        longest.reset();
        assertThat(longest.next(Duration.ofSeconds(3))).isEqualTo(Duration.ofMillis(3250));
    }

    private String printedBy(boolean person, String... arguments) {
        out.reset();
        interactive = person;
        assertThat(run(arguments)).isZero();
        interactive = false;
        return out();
    }

    private int run(String... arguments) {
        return new Cli(terminal(), (config, again) -> new PortTaken()).run(arguments);
    }

    /** With the lists of the real server. */
    private int real(String... arguments) {
        return new Cli(terminal(), new Server.Maker() {
                    @Override
                    public Server make(Config config, Supplier<Config> again) {
                        return new PortTaken();
                    }

                    @Override
                    public List<Problem> problems(Config config) {
                        return Edge.problems(config);
                    }
                })
                .run(arguments);
    }

    private Terminal terminal() {
        return new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                interactive);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** A server whose port is taken. */
    private static final class PortTaken implements Server {
        @Override
        public void bind() {
            throw new java.io.UncheckedIOException(new BindException("Address already in use"));
        }

        @Override
        public void serve() {
            throw new IllegalStateException("not bound");
        }

        @Override
        public void drain(Duration grace) {
            throw new IllegalStateException("not bound");
        }

        @Override
        public void close() {
            // Nothing was opened.
        }

        @Override
        public List<String> addresses() {
            return List.of();
        }
    }
}
