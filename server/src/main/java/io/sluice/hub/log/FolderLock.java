package io.sluice.hub.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The right to use a data folder: held by one process, given back by the operating system when that ends. */
final class FolderLock implements AutoCloseable {
    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    /** Null when another engine, of this process or another, has the folder. */
    static @Nullable FolderLock take(Path folder) throws IOException {
        var file = FileChannel.open(folder.resolve("in-use"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() != null) {
                return new FolderLock(file);
            }
        } catch (OverlappingFileLockException ofThisProcess) {
            // closing another handle of the file would give up the lock that this process holds
            return null;
        }
        file.close();
        return null;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
