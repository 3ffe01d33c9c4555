package io.sluice.hub.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The highest acknowledged commits in a file of 16 bytes, overwritten in place: its block is allocated once, so a full disk does
 * not stop it, and it is as durable as the operating system's memory, which outlives the process. Used by one thread.
 */
final class AcknowledgedFile implements AutoCloseable {
    private static final int SIZE = 16;

    private final RandomAccessFile file;
    private final byte[] content = new byte[SIZE];
    private long synced;

    /** Opens the file; call {@link #read} before the first {@link #write}. */
    AcknowledgedFile(Path path) throws IOException {
        this.file = new RandomAccessFile(path.toFile(), "rw"); // a file channel would be closed by an interrupt
    }

    Store.@Nullable Acknowledged read() {
        try {
            if (file.length() < SIZE) {
                file.write(new byte[SIZE]);
                file.getFD().sync();
                return null;
            }
            file.seek(0);
            file.readFully(content);
        } catch (IOException failure) {
            throw new StoreFailed("the file of acknowledged commits cannot be read: " + failure.getMessage(), failure);
        }
        var in = ByteBuffer.wrap(content);
        var acknowledged = new Store.Acknowledged(in.getLong(), in.getLong());
        synced = acknowledged.synced();
        return acknowledged;
    }

    void write(long commit, boolean withSync) {
        synced = withSync ? commit : synced;
        ByteBuffer.wrap(content).putLong(commit).putLong(synced);
        try {
            file.seek(0);
            file.write(content);
        } catch (IOException failure) {
            throw new StoreFailed("acknowledged commits cannot be noted: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
