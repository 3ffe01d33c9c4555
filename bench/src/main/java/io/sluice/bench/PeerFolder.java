package io.sluice.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code bench/target/peers}: what the peers need is installed here once, and here they run. Nothing outside is changed: packages of
 * npm are a folder anyway, those of Debian are unpacked and not installed, so no root is needed and no service starts.
 */
public final class PeerFolder {
    private static final int INSTALL_SECONDS = 180;

    private final Path folder;
    private final String cpus;

    PeerFolder(BenchOptions options) throws IOException {
        this.folder = options.home().resolve("bench/target/peers");
        this.cpus = options.serverCpus();
        Files.createDirectories(folder);
    }

    /** Installs exactly this version of a package of npm; the folder that holds its commands. */
    public Path npm(String name, String version) throws IOException {
        var installed = folder.resolve("node_modules").resolve(name).resolve("package.json");
        if (!Files.exists(installed) || !Files.readString(installed).contains("\"version\": \"" + version + "\"")) {
            if (!Files.exists(folder.resolve("package.json"))) {
                Files.writeString(folder.resolve("package.json"), "{\"private\":true}");
            }
            run(
                    folder,
                    "npm",
                    List.of("npm", "install", "--force", "--no-audit", "--no-fund", "--silent", name + "@" + version));
        }
        return folder.resolve("node_modules/.bin");
    }

    /** Unpacks packages of this machine's own release of Debian; the folder where their {@code usr} is. */
    public Path debian(List<String> packages) throws IOException {
        var unpacked = folder.resolve("debian");
        Files.createDirectories(unpacked);
        for (var name : packages) {
            if (!Files.exists(version(name))) {
                fetch(unpacked, name);
            }
        }
        return unpacked;
    }

    /** The version of a package that {@link #debian} has unpacked. */
    public String debianVersion(String name) throws IOException {
        return Files.readString(version(name)).trim();
    }

    private Path version(String name) {
        return folder.resolve("debian").resolve(name + ".version");
    }

    private void fetch(Path unpacked, String name) throws IOException {
        var download = folder.resolve("download-" + name);
        Servers.deleteTree(download);
        Files.createDirectories(download);
        try {
            run(download, name, List.of("apt-get", "-qq", "download", name));
        } catch (IOException noneKnown) {
            // A machine that has never asked for its lists: only root may.
            run(download, name, List.of("apt-get", "-qq", "update"));
            run(download, name, List.of("apt-get", "-qq", "download", name));
        }
        try (var files = Files.newDirectoryStream(download, "*.deb")) {
            for (var file : files) {
                run(download, name, List.of("dpkg-deb", "-x", file.toString(), unpacked.toString()));
                Files.writeString(
                        version(name),
                        file.getFileName().toString().split("_")[1].replace("%3a", ":"));
            }
        }
        Servers.deleteTree(download);
    }

    /** Copies one of the scripts that come with the load tool. */
    public Path script(String name) throws IOException {
        var script = folder.resolve(name);
        try (InputStream source = PeerFolder.class.getResourceAsStream("/peers/" + name)) {
            if (source == null) {
                throw new IOException("no script is called " + name);
            }
            Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
        }
        return script;
    }

    /** Writes a configuration file. */
    public Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    /** Starts {@code command} on the servers' CPUs and returns once {@code port} takes connections. */
    public ServerProcess start(String name, int port, List<String> command) throws IOException {
        return ServerProcess.start(name, command, Map.of(), port, cpus, folder);
    }

    private void run(Path where, String what, List<String> command) throws IOException {
        var log = folder.resolve("install-" + what + ".log");
        var process = new ProcessBuilder(new ArrayList<>(command))
                .directory(where.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (process.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while installing " + what, interrupted);
        } finally {
            process.destroyForcibly();
        }
        var said = Files.readString(log);
        throw new IOException(String.join(" ", command) + " failed: "
                + said.substring(Math.max(0, said.length() - 300)).strip());
    }
}
