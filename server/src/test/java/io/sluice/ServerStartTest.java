package io.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.NamespaceConfig;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that cannot start says why in one line, and its process ends with 1. */
final class ServerStartTest {
    @TempDir
    Path folder;

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var serve = serve(Map.of("SLUICE_EDGE_PORT", "" + taken.getLocalPort()));

            assertThat(serve.code).isEqualTo(1);
            assertThat(serve.said)
                    .contains("sluice: cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": another program does; stop it or set edge.port (SLUICE_EDGE_PORT) to another port\n");
        }
    }

    @Test
    void aDataFolderOfAnotherServerIsNamed() throws Exception {
        try (var other = EdgeServer.with(new NamespaceConfig(), folder.resolve("data"))) {
            var serve = serve(Map.of());

            assertThat(other.port()).isPositive();
            assertThat(serve.code).isEqualTo(1);
            assertThat(serve.said)
                    .contains("sluice: cannot start: data folder " + folder.resolve("data") + ": ")
                    .contains("another server");
        }
    }

    @Test
    void aDataFolderThatIsAFileIsNamed() throws Exception {
        Files.writeString(folder.resolve("data"), "not a folder");

        var serve = serve(Map.of());

        assertThat(serve.code).isEqualTo(1);
        assertThat(serve.said).contains("sluice: cannot start: data folder " + folder.resolve("data") + ": ");
    }

    @Test
    void aDataFolderThatCannotBeReachedIsNamed() throws Exception {
        var folderThatLeadsToItself = folder.resolve("data");
        Files.createSymbolicLink(folderThatLeadsToItself, folderThatLeadsToItself);

        var serve = serve(Map.of());

        assertThat(serve.code).isEqualTo(1);
        assertThat(serve.said.lines())
                .anyMatch(
                        line -> line.startsWith("sluice: cannot start: data folder " + folderThatLeadsToItself + ": "));
    }

    @Test
    void aDataFolderWhoseFilesCannotBeReadIsNamed() throws Exception {
        serveOnce();
        for (var name : List.of("CURRENT", "IDENTITY")) {
            var file = folder.resolve("data/store").resolve(name);
            Files.delete(file);
            Files.createDirectory(file); // nobody reads that as a file, not even root
        }

        var serve = serve(Map.of());

        assertThat(serve.code).isEqualTo(1);
        assertThat(serve.said).contains("sluice: cannot start: data folder " + folder.resolve("data") + ": ");
    }

    /** Leaves a data folder behind. */
    private void serveOnce() {
        try (var server = EdgeServer.with(new NamespaceConfig(), folder.resolve("data"))) {
            new ApiClient(server).publish("c", "1");
        }
    }

    @Test
    void everyMistakeOfTheConfigurationIsNamedWithItsLine() throws Exception {
        var file = Files.writeString(folder.resolve("sluice.yaml"), """
                edge:
                  prot: 8080
                  loops: many
                hub:
                  heartbeat: 1ms
                  namespaces:
                    chat:
                      max_messages: 0
                      engine: floppy
                """);

        var serve = serve(Map.of("SLUICE_CONFIG", file.toString()));

        assertThat(serve.code).isEqualTo(1);
        assertThat(serve.said.lines().filter(line -> line.startsWith("sluice: ")))
                .hasSize(5)
                .allMatch(line -> line.matches("sluice: [a-z_.]+: .* \\(sluice.yaml:[0-9]+\\)"));
    }

    private record Ended(int code, String said) {}

    private Ended serve(Map<String, String> variables) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(ServerProcess.command("serve")).redirectErrorStream(true);
        var environment = new HashMap<>(variables);
        environment.putIfAbsent("SLUICE_EDGE_PORT", "0");
        environment.put("SLUICE_ADMIN_PORT", "0");
        environment.put("SLUICE_HUB_DATA_DIR", folder.resolve("data").toString());
        builder.environment().putAll(environment);
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), said);
    }
}
