package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a write-ahead log: only what RocksDB would not come back from is cut off. */
final class WalTailTest {
    private static final int BLOCK = 32 << 10;
    private static final int FULL = 1;
    private static final int RECYCLED = 5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {7, 8, 10})
    void bytesWhoseTypeAsksForALongerHeaderAreCutOff(int left) throws IOException {
        var log = new ByteArrayOutputStream();
        record(log, FULL, 100);
        record(log, RECYCLED, 50);
        int good = log.size();
        log.writeBytes(header(RECYCLED, left));

        assertThat(repaired(log)).isEqualTo(good);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 11, 12})
    void fewerOrMoreBytesAreLeftAlone(int left) throws IOException {
        var log = new ByteArrayOutputStream();
        record(log, FULL, 100);
        log.writeBytes(header(RECYCLED, left));

        assertThat(repaired(log)).isEqualTo(log.size());
    }

    @Test
    void aTypeThatHasTheShortHeaderIsLeftAlone() throws IOException {
        var log = new ByteArrayOutputStream();
        record(log, FULL, 100);
        log.writeBytes(header(4, 8));

        assertThat(repaired(log)).isEqualTo(log.size());
    }

    @Test
    void recordsThatFillTheirBlocksLeadToTheEnd() throws IOException {
        var log = new ByteArrayOutputStream();
        record(log, FULL, BLOCK - 7 - 3); // three bytes are left: no header fits, the block is padded
        log.writeBytes(new byte[3]);
        record(log, FULL, 300); // longer than one byte of length counts
        int good = log.size();
        log.writeBytes(header(RECYCLED, 9));

        assertThat(repaired(log)).isEqualTo(good);
    }

    @Test
    void onlyTheNewestLogIsLookedAt() throws IOException {
        var broken = new ByteArrayOutputStream();
        record(broken, FULL, 10);
        broken.writeBytes(header(RECYCLED, 9));
        Files.write(folder.resolve("000004.log"), broken.toByteArray());
        Files.write(folder.resolve("000009.sst"), broken.toByteArray());

        assertThat(repaired(new ByteArrayOutputStream())).isZero();
        assertThat(folder.resolve("000004.log")).hasSize(broken.size());
        assertThat(folder.resolve("000009.sst")).hasSize(broken.size());
    }

    @Test
    void aFolderWithoutALogIsAsItShouldBe() throws IOException {
        WalTail.repair(folder);

        assertThat(folder).isEmptyDirectory();
    }

    private long repaired(ByteArrayOutputStream log) throws IOException {
        var file = Files.write(folder.resolve("000005.log"), log.toByteArray());
        WalTail.repair(folder);
        return Files.size(file);
    }

    private static void record(ByteArrayOutputStream log, int type, int length) {
        int header = type == RECYCLED ? 11 : 7;
        var bytes = new byte[header + length];
        bytes[4] = (byte) length;
        bytes[5] = (byte) (length >> 8);
        bytes[6] = (byte) type;
        log.writeBytes(bytes);
    }

    /** The first {@code length} bytes of a record that is longer than what follows. */
    private static byte[] header(int type, int length) {
        var bytes = new byte[length];
        if (length > 4) {
            bytes[4] = 100;
        }
        if (length > 6) {
            bytes[6] = (byte) type;
        }
        return bytes;
    }
}
