package io.sluice.hub.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * Cuts off fewer than a record header's bytes at the end of the newest write-ahead log when they are not the beginning of a
 * record: RocksDB 11.8 never comes back from opening a log that ends in such bytes and says by their type that a longer
 * header was to follow. They are no record, so nothing is lost.
 *
 * <p>The format is blocks of 32 KiB with records behind a header: checksum (4 bytes), length (2, little endian), type (1).
 */
final class WalTail {
    private static final int BLOCK = 32 << 10;
    private static final int HEADER = 7;
    private static final int LONG_HEADER = 11;
    /** Types above it have the longer header or are none. */
    private static final int LAST_SHORT_TYPE = 4;

    private WalTail() {}

    /** Looks at the newest log in {@code store}; touches nothing else. */
    static void repair(Path store) throws IOException {
        try (var files = Files.list(store)) {
            var newest = files.filter(file -> file.getFileName().toString().endsWith(".log"))
                    .max(Comparator.naturalOrder());
            if (newest.isPresent()) {
                try (var log = new RandomAccessFile(newest.get().toFile(), "rw")) {
                    cut(log);
                }
            }
        }
    }

    private static void cut(RandomAccessFile log) throws IOException {
        long length = log.length();
        long at = 0;
        var block = new byte[BLOCK];
        while (at < length) {
            log.seek(at);
            int size = (int) Math.min(BLOCK, length - at);
            log.readFully(block, 0, size);
            int end = endOfRecords(block, size);
            int left = size - end;
            boolean last = at + size >= length;
            if (last && left >= HEADER && left < LONG_HEADER && (block[end + 6] & 0xff) > LAST_SHORT_TYPE) {
                log.setLength(at + end);
                return;
            }
            at += size;
        }
    }

    /** Where the last record that fits ends. */
    private static int endOfRecords(byte[] block, int size) {
        int at = 0;
        while (size - at >= HEADER) {
            int type = block[at + 6] & 0xff;
            int length = (block[at + 4] & 0xff) | (block[at + 5] & 0xff) << 8;
            int header = type <= LAST_SHORT_TYPE ? HEADER : LONG_HEADER;
            if (type == 0 || at + header + length > size) {
                return at;
            }
            at += header + length;
        }
        return at;
    }
}
