package io.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.ConfigReader;
import io.sluice.net.Clock;
import io.sluice.net.SelfSigned;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the blocks of one page find: a server where the page says there is one, a folder, and what earlier blocks have left. A page
 * names ports (8080, 9090, 3000 ...) and folders of an installation; here they are free ports, and folders below {@link #folder()}.
 */
final class Stage implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final Pattern PORT = Pattern.compile("(127\\.0\\.0\\.1:|\\.listen\\()(\\d{4,5})\\b");
    private static final Pattern EXPORTED = Pattern.compile("declare -x (\\w+)=\"([^\"\\\\]*)\"");
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final Path folder;
    private final Map<String, Integer> ports = new HashMap<>();
    private final List<Process> background = new ArrayList<>();
    private @Nullable EdgeServer server;

    Stage(Path folder) throws IOException {
        this.folder = folder;
        var etc = Files.createDirectories(folder.resolve("etc/sluice"));
        SelfSigned.of(List.of("edge.example", "localhost", "127.0.0.1"), Clock.SYSTEM)
                .write(etc.resolve("edge.crt"), etc.resolve("edge.key"));
        Files.copy(etc.resolve("edge.crt"), etc.resolve("chat.crt"));
        Files.copy(etc.resolve("edge.key"), etc.resolve("chat.key"));
        Files.copy(etc.resolve("edge.crt"), etc.resolve("clients.pem"));
        Files.writeString(etc.resolve("secret"), SECRET);
    }

    Path folder() {
        return folder;
    }

    /** The server of the page; started when it is first needed. */
    EdgeServer server() {
        var running = server;
        return running == null
                ? start("edge: {allowed_origins: [\"http://127.0.0.1:" + port("3100") + "\"]}\n")
                : running;
    }

    /** From now on the page's server is one with this configuration. */
    EdgeServer start(String yaml) {
        if (server != null) {
            server.close();
        }
        var text = yaml.contains("hub:")
                ? yaml
                : "hub: {namespaces: {default: {engine: memory, durability: memory}}}\n" + yaml;
        var variables = Map.of("SLUICE_HUB_DATA_DIR", folder.resolve("data").toString());
        var started = EdgeServer.with(ConfigReader.parse(text, "page.yaml", variables));
        server = started;
        ports.put("8080", started.uri("").getPort());
        ports.put("9090", started.admin("").getPort());
        return started;
    }

    /** The text of a page as it holds here. */
    String local(String text) {
        server();
        var here = PORT.matcher(text).replaceAll(found -> found.group(1) + port(found.group(2)));
        return here.replace("/etc/sluice/", folder + "/etc/sluice/")
                .replace("/var/lib/sluice", folder + "/data")
                .replace("/opt/sluice/", ROOT + "/");
    }

    /** The reverse of {@link #local}, for what was printed here. */
    String asOnThePage(String printed) {
        var text = printed.replace(folder + "/etc/sluice/", "/etc/sluice/").replace(ROOT + "/", "/opt/sluice/");
        for (var port : ports.entrySet()) {
            text = text.replaceAll("\\b" + port.getValue() + "\\b", port.getKey());
        }
        return text;
    }

    private int port(String named) {
        return ports.computeIfAbsent(named, name -> free());
    }

    private static int free() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    /** The shell's words for {@code ./sluice}. */
    static String launcher() {
        return ServerProcess.command().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }

    /** Runs a command in {@code folder} to its end; gives what it printed to standard output. Anything but {@code codes} fails. */
    String run(Path folder, List<Integer> codes, List<String> command) throws IOException, InterruptedException {
        var errors = Files.createTempFile(this.folder, "errors", ".txt");
        var process = builder(folder, command).redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        var printed = new CompletableFuture<String>();
        Thread.ofVirtual().start(() -> printed.complete(read(process)));
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as("it ends; it printed " + printed.join()).isTrue();
        assertThat(process.exitValue())
                .as(printed.join() + Files.readString(errors))
                .isIn(codes);
        return printed.join();
    }

    /** The same for what would go on for ever: it is ended when it has printed so many lines. */
    String run(Path folder, int lines, List<String> command) throws IOException, InterruptedException {
        var errors = Files.createTempFile(this.folder, "errors", ".txt");
        var process = builder(folder, command).redirectError(errors.toFile()).start();
        var printed = new StringBuilder();
        var enough = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            drain(
                    process.inputReader(StandardCharsets.UTF_8),
                    lines,
                    line -> printed.append(line).append('\n'));
            enough.countDown();
        });
        boolean came = enough.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        assertThat(came).as("it prints " + lines + " lines").isTrue();
        assertThat(Files.readString(errors)).as("after " + printed).isEmpty();
        return printed.toString();
    }

    /** Starts what runs as long as the page; gives its first line when that is there: so it must print one when it is ready. */
    String begin(Path folder, List<String> command) throws IOException {
        var process = builder(folder, command).redirectErrorStream(true).start();
        background.add(process);
        var reader = process.inputReader(StandardCharsets.UTF_8);
        var first = reader.readLine();
        assertThat(first).as("it says that it is ready").isNotNull();
        Thread.ofVirtual().start(() -> drain(reader, Long.MAX_VALUE, line -> {}));
        return first + "\n";
    }

    private ProcessBuilder builder(Path folder, List<String> command) {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("SLUICE_URL", server().uri("").toString());
        builder.environment().putAll(exported());
        return builder;
    }

    /** What shell blocks have exported. */
    private Map<String, String> exported() {
        try {
            var file = folder.resolve("exported");
            return Files.exists(file)
                    ? EXPORTED.matcher(Files.readString(file))
                            .results()
                            .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)))
                    : Map.of();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void drain(BufferedReader reader, long lines, Consumer<String> taker) {
        try {
            reader.lines().limit(lines).forEach(taker);
        } catch (UncheckedIOException ended) {
            // The process was ended while it was read.
        }
    }

    private static String read(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }

    @Override
    public void close() {
        for (var process : background) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (server != null) {
            server.close();
        }
    }
}
