package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that was packaged, started by the launcher with the classes that the launcher prepared. */
class FastStartIT {
    private static final Path PACKAGED = Path.of("target").toAbsolutePath();

    @TempDir
    private Path tree = Path.of("");

    @Test
    void theLauncherPreparesTheClassesOfABuildAndTheServerStartsFromThem() throws Exception {
        layOutATreeWhoseBuildIsTheJar();
        var classes = tree.resolve("classes.log");
        // With AOTMode=on a JVM ends that was given prepared classes and cannot use them.
        var options = "-XX:AOTMode=on -Xlog:class+load:file=" + classes + "::filecount=0";

        try (var server = ServerProcess.launched(
                tree.resolve("sluice"),
                Map.of(
                        "SLUICE_JAVA_OPTS",
                        options,
                        "SLUICE_HUB_DATA_DIR",
                        tree.resolve("data").toString()))) {
            var api = new ApiClient(server);
            var published = api.post("/v1/channels/c/messages", "1");
            var read = api.get("/v1/channels/c/messages");

            assertThat(published.status()).isEqualTo(201);
            assertThat(read.json().path("messages").size()).isEqualTo(1);
        }

        assertThat(tree.resolve("server/target/sluice.aot")).isNotEmptyFile();
        assertThat(sourceOf("io.sluice.Main", classes)).isEqualTo("shared objects file");
        assertThat(sourceOf("io.sluice.hub.log.DiskLog", classes)).isEqualTo("shared objects file");
        assertThat(sourceOf("io.netty.channel.epoll.EpollIoHandler", classes)).isEqualTo("shared objects file");
    }

    /** A tree in which {@code mvnw} puts the jar of this build where the launcher looks for it. */
    private void layOutATreeWhoseBuildIsTheJar() throws IOException {
        Files.copy(Path.of("..", "sluice"), tree.resolve("sluice"));
        Files.createDirectories(tree.resolve("server/src/main"));
        Files.createDirectories(tree.resolve("server/target"));
        Files.writeString(tree.resolve("server/pom.xml"), "");
        Files.writeString(tree.resolve("pom.xml"), "");
        var build = "cp '%1$s/sluice.jar' server/target/ && ln -s '%1$s/lib' server/target/lib".formatted(PACKAGED);
        Files.writeString(tree.resolve("mvnw"), "#!/bin/sh\n" + build + "\n");
        assertThat(tree.resolve("mvnw").toFile().setExecutable(true)).isTrue();
    }

    private static String sourceOf(String type, Path log) throws IOException {
        var line = Pattern.compile(Pattern.quote(type) + " source: (.*?)( \\(top\\))?");
        return Files.readAllLines(log).stream()
                .map(each -> line.matcher(each.replaceFirst("^(\\[.*?\\])+ ", "")))
                .filter(java.util.regex.Matcher::matches)
                .map(each -> each.group(1))
                .findFirst()
                .orElse("not loaded");
    }
}
