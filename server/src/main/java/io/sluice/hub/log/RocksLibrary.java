package io.sluice.hub.log;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
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

    static synchronized void load(Path dataDir) {
        for (var folder : List.of(programFolder().orElse(dataDir), dataDir)) {
            try {
                var unpacked = unpacked(folder.resolve("native"));
                if (unpacked != null) {
                    RocksDB.loadLibrary(List.of(unpacked.toString()));
                    return;
                }
            } catch (IOException | UnsatisfiedLinkError elsewhere) {
                LOG.debug("the storage library is not loaded from folder={}", folder, elsewhere);
            }
        }
        RocksDB.loadLibrary();
    }

    /** Where the jar of this class lies, or the folder of its classes. */
    private static Optional<Path> programFolder() {
        var source = RocksLibrary.class.getProtectionDomain().getCodeSource();
        try {
            return source == null
                    ? Optional.empty()
                    : Optional.ofNullable(Path.of(source.getLocation().toURI()).getParent());
        } catch (URISyntaxException | FileSystemNotFoundException | IllegalArgumentException noFile) {
            return Optional.empty();
        }
    }

    /** The folder that holds the library of exactly this version; null when it does not come out of a jar. */
    private static @org.jspecify.annotations.Nullable Path unpacked(Path folder) throws IOException {
        var name = Environment.getJniLibraryFileName("rocksdb");
        var resource = RocksDB.class.getClassLoader().getResource(name);
        if (resource == null || !(resource.openConnection() instanceof JarURLConnection jar)) {
            return null;
        }
        JarEntry entry = jar.getJarEntry();
        var home = folder.resolve(Long.toHexString(entry.getCrc()));
        var library = home.resolve(name);
        if (Files.exists(library) && Files.size(library) == entry.getSize()) {
            return home;
        }
        Files.createDirectories(home);
        var partial = Files.createTempFile(home, name, ".part");
        try (var packed = jar.getInputStream()) {
            Files.copy(packed, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.move(partial, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
        return home;
    }
}
