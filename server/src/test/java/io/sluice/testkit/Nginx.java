package io.sluice.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real nginx on a free loopback port, which hands requests on to a server. */
public final class Nginx implements ServerAddress, AutoCloseable {
    private static final String PROGRAM = Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";

    private final Process process;
    private final int port;

    private Nginx(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts one.
     *
     * @param folder for its files
     * @param lines of its {@code location /}, besides {@code proxy_pass}
     */
    public static Nginx before(ServerAddress server, Path folder, String lines) {
        try {
            int port = free();
            var files = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                    .map(name -> name + "_temp_path " + folder.resolve(name) + ";\n")
                    .collect(Collectors.joining());
            var conf = Files.writeString(
                    folder.resolve("nginx.conf"), """
                    daemon off;
                    worker_processes 1;
                    pid %1$s/pid;
                    error_log stderr warn;
                    events { worker_connections 128; }
                    http {
                      access_log off;
                      %2$s
                      server {
                        listen 127.0.0.1:%3$d;
                        location / {
                          proxy_pass http://127.0.0.1:%4$d;
                          proxy_http_version 1.1;
                          %5$s
                        }
                      }
                    }
                    """.formatted(folder, files, port, server.port(), lines));
            var process = new ProcessBuilder(List.of(PROGRAM, "-p", folder.toString(), "-c", conf.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("said").toFile())
                    .start();
            var nginx = new Nginx(process, port);
            Eventually.holds(nginx::listens);
            return nginx;
        } catch (IOException missing) {
            throw new AssertionError("this test needs nginx: apt-get install nginx", missing);
        }
    }

    private static int free() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean listens() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }
}
