package io.sluice.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Everything that a table compares, by name: {@code sluice}, the floors {@code bare}, {@code send} and {@code netty}, the peers {@code uws}, {@code ws} and {@code grpc-java}. */
public final class Servers {
    private final Path home;
    private final Path scratch;
    private final BenchOptions options;

    public Servers(BenchOptions options) throws IOException {
        this(options, "");
    }

    /** @param folder where they run, for those that run beside others of the same kind */
    Servers(BenchOptions options, String folder) throws IOException {
        this.options = options;
        this.home = options.home();
        this.scratch = home.resolve("bench/target/run").resolve(folder);
        Files.createDirectories(scratch);
    }

    /** Starts the server called {@code name}; {@code settings} are Sluice's only. */
    public ServerProcess start(String name, SluiceSettings settings) throws IOException {
        int port = ServerProcess.freePort();
        return switch (name) {
            case "sluice" -> sluice(port, settings, options.serverCpus());
            case "bare" -> floor(name, "write", port);
            case "send" -> floor(name, "send", port);
            case "netty" -> floor(name, "netty", port);
            case "uws" -> NpmScript.UWS.start(peers(), port);
            case "ws" -> NpmScript.WS.start(peers(), port);
            case "grpc-java" -> grpcJava(port);
            default ->
                throw new IOException(
                        "no server is called '" + name + "': sluice, bare, send, netty, uws, ws, grpc-java");
        };
    }

    private ServerProcess sluice(int port, SluiceSettings settings, String cpus) throws IOException {
        return sluice(port, ServerProcess.freePort(), settings, cpus);
    }

    /** Starts Sluice with an admin listener on {@code adminPort}. */
    public ServerProcess sluice(int adminPort, SluiceSettings settings) throws IOException {
        return sluice(ServerProcess.freePort(), adminPort, settings, options.serverCpus());
    }

    private ServerProcess sluice(int port, int adminPort, SluiceSettings settings, String cpus) throws IOException {
        var command = sluiceCommand(port, adminPort, settings);
        // No balancer has to hear that it goes.
        var environment = Map.of("SLUICE_EDGE_DRAIN_DELAY", "0s");
        return ServerProcess.start("sluice", command, environment, port, cpus, scratch);
    }

    /** The command that serves {@code settings} from an empty data folder. */
    List<String> sluiceCommand(int port, int adminPort, SluiceSettings settings) throws IOException {
        var jar = home.resolve("server/target/sluice.jar");
        if (!Files.exists(jar)) {
            throw new IOException(jar + " is missing: build it first (./mvnw package -pl server)");
        }
        var data = scratch.resolve("data");
        deleteTree(data);
        var config = scratch.resolve("sluice.yaml");
        Files.writeString(config, settings.yaml(port, adminPort, data));
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(options.serverFlags());
        var classes = home.resolve("server/target/sluice.aot");
        if (Files.exists(classes)
                && Files.getLastModifiedTime(classes).compareTo(Files.getLastModifiedTime(jar)) >= 0) {
            command.add("-XX:AOTCache=" + classes); // as the launcher does
        }
        command.addAll(List.of("-jar", jar.toString(), "serve", "--config", config.toString()));
        return command;
    }

    public Path scratch() {
        return scratch;
    }

    private ServerProcess floor(String name, String mode, int port) throws IOException {
        var command = List.of(
                java(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-cp",
                floorClassPath(),
                BareLoop.class.getName(),
                mode,
                Integer.toString(port));
        return ServerProcess.start(name, command, Map.of(), port, options.serverCpus(), scratch);
    }

    /** With the flags that our own server has. */
    private ServerProcess grpcJava(int port) throws IOException {
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(options.serverFlags());
        command.addAll(List.of(
                "-cp",
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator)),
                PlainGrpc.class.getName(),
                Integer.toString(port)));
        return ServerProcess.start("grpc-java", command, Map.of(), port, options.serverCpus(), scratch);
    }

    /** Netty and this module, and none of the server's libraries: its logging runs a thread. */
    private static String floorClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("netty") || entry.contains("bench"))
                .filter(entry -> !entry.contains("log4j") && !entry.contains("slf4j"))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Where peers are installed and run. */
    public PeerFolder peers() throws IOException {
        return new PeerFolder(options);
    }

    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    public static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var entries = Files.walk(folder)) {
            for (var entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        }
    }
}
