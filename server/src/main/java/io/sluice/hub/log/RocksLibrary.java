package io.sluice.hub.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RocksDB's native library, unpacked once beside the program, or into the data folder where that may not be written: by itself it
 * would unpack 17 MB into the temporary folder at every start. Where neither works (no execution from there, an unusual
 * platform) it is left to do so.
 */
final class RocksLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(RocksLibrary.class);

    private RocksLibrary() {}

    /** Returns where it was loaded from; empty when it was left to the library itself. */
    static synchronized Optional<Path> load(Path dataDir) {
        for (var folder : List.of(folderOf(RocksLibrary.class).orElse(dataDir), dataDir)) {
            try {
                var home = unpacked(folder.resolve("native").resolve(version()));
                RocksDB.loadLibrary(List.of(home.toString()));
                return Optional.of(home);
            } catch (IOException | UnsatisfiedLinkError elsewhere) {
                LOG.warn("the storage library is not loaded from folder={} reason={}", folder, elsewhere.toString());
            }
        }
        RocksDB.loadLibrary();
        return Optional.empty();
    }

    /** The folder, once it holds the library under the name by which it is looked for there. */
    private static Path unpacked(Path home) throws IOException {
        var library = home.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
        if (Files.exists(library)) {
            return home;
        }
        var name = Environment.getJniLibraryFileName("rocksdb");
        try (var packed = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
            if (packed == null) {
                throw new FileNotFoundException(name);
            }
            Files.createDirectories(home);
            var partial = Files.createTempFile(home, name, ".part");
            try {
                Files.copy(packed, partial, StandardCopyOption.REPLACE_EXISTING);
                Files.move(partial, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(partial);
            }
        }
        return home;
    }

    /** The version, as the library's jar says it, and the processor. */
    private static String version() throws IOException {
        var jar = file(RocksDB.class).orElseThrow(() -> new FileNotFoundException("the jar of RocksDB"));
        return jar.getFileName() + "-" + System.getProperty("os.arch");
    }

    /** Where the jar of {@code type} lies, or the folder of its classes. */
    private static Optional<Path> folderOf(Class<?> type) {
        return file(type).map(Path::getParent);
    }

    /** The jar that {@code type} comes from, or the folder of classes. Its code source is null when it comes out of an AOT cache. */
    private static Optional<Path> file(Class<?> type) {
        var url = type.getResource(type.getSimpleName() + ".class");
        try {
            if (url == null) {
                return Optional.empty();
            }
            if (url.openConnection() instanceof JarURLConnection jar) {
                return Optional.of(Path.of(jar.getJarFileURL().toURI()));
            }
            var file = Path.of(url.toURI());
            int depth = type.getName().split("\\.").length;
            return Optional.ofNullable(file.getRoot())
                    .map(root -> root.resolve(file.subpath(0, file.getNameCount() - depth)));
        } catch (IOException | URISyntaxException | FileSystemNotFoundException | IllegalArgumentException noFile) {
            return Optional.empty();
        }
    }
}
