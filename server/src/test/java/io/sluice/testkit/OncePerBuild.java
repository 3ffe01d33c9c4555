package io.sluice.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/** What takes long and is kept below target until the build folder is cleaned, such as packages of npm. */
final class OncePerBuild {
    /** What fills the folder. */
    @FunctionalInterface
    interface Work {
        void fill(Path folder) throws IOException, InterruptedException;
    }

    private OncePerBuild() {}

    /** Fills the folder unless that was done; another process of the same build that wants it too waits. */
    static void in(Path folder, Work work) throws IOException, InterruptedException {
        in(folder, FileTime.fromMillis(0), work);
    }

    /** The same, and anew when it was last done before then. */
    static void in(Path folder, FileTime stale, Work work) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try (var lock = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock.lock();
            var done = folder.resolve("done");
            if (Files.exists(done) && Files.getLastModifiedTime(done).compareTo(stale) >= 0) {
                return;
            }
            Files.deleteIfExists(done);
            work.fill(folder);
            Files.createFile(done);
        }
    }
}
