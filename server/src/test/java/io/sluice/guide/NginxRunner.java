package io.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts a real nginx with what a page shows, as a file of {@code conf.d}: inside {@code http}. It runs until the page ends.
 */
final class NginxRunner implements BlockRunner {
    private static final Pattern PORT = Pattern.compile("listen 127\\.0\\.0\\.1:(\\d+)");
    private static final String NGINX = Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";

    @Override
    public String run(Block block, Stage stage) throws Exception {
        var conf = stage.local(block.body());
        var folder = Files.createDirectories(stage.folder().resolve("nginx" + block.line()));
        var temporary = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                .map(name -> name + "_temp_path " + folder.resolve(name) + ";\n")
                .collect(Collectors.joining());
        var main = "daemon off;\nworker_processes 1;\npid " + folder.resolve("pid") + ";\nerror_log stderr notice;\n"
                + "events { worker_connections 512; }\n"
                + (block.is("top") ? conf : "http {\naccess_log off;\n" + temporary + conf + "}\n");
        var file = Files.writeString(folder.resolve("nginx.conf"), main);
        var said = stage.run(
                folder, List.of(0), List.of("bash", "-c", NGINX + " -t -p " + folder + " -c " + file + " 2>&1"));
        assertThat(said).doesNotContain("[warn]").contains("syntax is ok");
        stage.begin(folder, List.of(NGINX, "-p", folder.toString(), "-c", file.toString()));
        for (var port : PORT.matcher(conf).results().toList()) {
            awaitListener(Integer.parseInt(port.group(1)));
        }
        return "";
    }

    private static void awaitListener(int port) {
        io.sluice.testkit.Eventually.holds(() -> {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
    }
}
