package io.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.Edge;
import io.sluice.config.ConfigReader;
import io.sluice.testkit.NodePeer;
import io.sluice.testkit.ServerProcess;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;

/** Every language that the guide may use. A block in any other fails, so that no snippet goes untried. */
final class BlockRunners {
    static final Map<String, BlockRunner> ALL = Map.of(
            "sh", BlockRunners::shell,
            "js", BlockRunners::node,
            "java", new JavaRunner(),
            "python", BlockRunners::python,
            "html", new HtmlRunner(),
            "yaml", BlockRunners::configuration,
            "nginx", new NginxRunner(),
            "ini", BlockRunners::unit,
            "xml", BlockRunners::dependency);

    private static final int CURL_TIMED_OUT = 28;
    private static final Path SDK = Path.of("..", "clients", "js", "src", "sluice.js");

    private BlockRunners() {}

    /** The whole block is one script; what it exports is there for the next. {@code ./sluice demo} alone is started and stopped. */
    private static String shell(Block block, Stage stage) throws Exception {
        if (block.body().strip().equals("./sluice demo")) {
            ServerProcess.demo(stage.folder().resolve("demo"), Map.of()).close();
            return "";
        }
        var script = "set -euo pipefail\n[ ! -e exported ] || . ./exported\n"
                + block.body().replace("./sluice ", Stage.launcher() + " ")
                + "\nexport -p > exported\n";
        var file = Files.writeString(stage.folder().resolve("snippet.sh"), stage.local(script));
        boolean endsByTimeout = block.body().contains("--max-time");
        return stage.run(
                stage.folder(), List.of(0, endsByTimeout ? CURL_TIMED_OUT : 0), List.of("bash", file.toString()));
    }

    /**
     * {@code npm=a@1,b@2} installs these first; {@code background} goes on until the page ends. Clients go on for ever: what is shown ends when it is
     * there.
     */
    private static String node(Block block, Stage stage) throws Exception {
        var folder = stage.folder();
        var packages = block.words().getOrDefault("npm", "");
        if (!packages.isEmpty()) {
            folder = NodePeer.with(packages.split(",")).installed("..").normalize();
        }
        var sdk = SDK.toAbsolutePath().normalize().toUri().toString();
        var source = block.body().replace("\"sluice-client\"", '"' + sdk + '"');
        var file = Files.writeString(folder.resolve("snippet" + block.line() + ".mjs"), stage.local(source));
        var command = List.of("node", "--experimental-websocket", "--no-warnings", file.toString());
        if (block.is("background")) {
            return stage.begin(folder, command);
        }
        int lines = (int) block.shown().strip().lines().count();
        return block.shown().isEmpty() ? stage.run(folder, List.of(0), command) : stage.run(folder, lines, command);
    }

    private static String python(Block block, Stage stage) throws Exception {
        var file = Files.writeString(stage.folder().resolve("snippet.py"), stage.local(block.body()));
        return stage.run(stage.folder(), List.of(0), List.of("python3", file.toString()));
    }

    /** As {@code sluice check-config} reads it; with {@code server} the page goes on with a server that is configured so. */
    private static String configuration(Block block, Stage stage) throws Exception {
        var yaml = stage.local(block.body());
        ConfigReader.read(Files.writeString(stage.folder().resolve("sluice.yaml"), yaml), Map.of(), Edge::problems);
        if (block.is("server")) {
            stage.start(yaml);
        }
        return "";
    }

    /** systemd says on its error output what it does not understand, and succeeds all the same. */
    private static String unit(Block block, Stage stage) throws Exception {
        var file = Files.writeString(stage.folder().resolve("sluice.service"), stage.local(block.body()));
        var said = stage.run(
                stage.folder(), List.of(0), List.of("bash", "-c", "systemd-analyze verify " + file + " 2>&1"));
        assertThat(said).isEmpty();
        return "";
    }

    /** A dependency must be the client as it is built here. */
    private static String dependency(Block block, Stage stage) throws Exception {
        var shown = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(block.body().getBytes(StandardCharsets.UTF_8)));
        var pom = Files.readString(Path.of("..", "client", "pom.xml"));
        for (var name : List.of("groupId", "artifactId", "version")) {
            var value = shown.getElementsByTagName(name).item(0).getTextContent();
            assertThat(pom).contains("<" + name + ">" + value + "</" + name + ">");
        }
        return "";
    }
}
