package io.sluice.testkit;

import io.sluice.config.DataSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk that a test can fill: a small one of its own in memory where this process may mount one, else a share of the disk that
 * the folder is on. {@link #reserve} is what the disk engine is to keep free; it is refused that while the disk is full.
 */
public final class SmallDisk implements AutoCloseable {
    private static final int SIZE_MIB = 96;
    private static final int RESERVE_MIB = 16;
    /** Where the disk is everybody's: so much room makes the difference, whatever others do meanwhile. */
    private static final int SHARE_MIB = 128;

    private static final int CHUNK = 1 << 20;

    private final Path folder;
    private final Path ballast;
    private final boolean mounted;
    private final DataSize reserve;

    /** @param folder an empty one */
    public SmallDisk(Path folder) {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + SIZE_MIB + "m", "tmpfs", folder.toString());
        reserve = mounted
                ? DataSize.mib(RESERVE_MIB)
                : new DataSize(usable() - DataSize.mib(SHARE_MIB).bytes());
    }

    public Path folder() {
        return folder;
    }

    public DataSize reserve() {
        return reserve;
    }

    /** Leaves no room at all on a disk of its own, less than the reserve on a shared one. */
    public void fill() {
        long most = DataSize.mib(2 * SHARE_MIB).bytes();
        try (var out = Files.newOutputStream(ballast)) {
            var chunk = new byte[CHUNK];
            for (long written = 0; written < most; written += CHUNK) {
                out.write(chunk);
            }
        } catch (IOException full) {
            if (!mounted) {
                throw new UncheckedIOException(full);
            }
        }
    }

    /** Makes room again. */
    public void free() {
        try {
            Files.delete(ballast);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private long usable() {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        if (mounted && !run("umount", folder.toString())) {
            throw new AssertionError(folder + " is still in use");
        }
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchCommand) {
            return false;
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(asked);
        }
    }
}
