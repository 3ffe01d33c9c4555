package io.sluice.hub.log;

import static io.sluice.hub.log.EngineWorld.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.DataSize;
import io.sluice.config.DiskConfig;
import io.sluice.config.HubConfig;
import io.sluice.http.ClientError;
import io.sluice.http.Problem;
import io.sluice.hub.ChannelLog;
import io.sluice.hub.ChannelLog.Batch;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Publication;
import io.sluice.hub.log.Store.Family;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Reads of what only the disk has, and what may happen while they wait for it. Every read is answered once. */
final class ColdReadTest {
    private static final int ALL = Integer.MAX_VALUE;

    private final SteppedEngine world = worldWithTail(1);

    @Test
    void endsAtItsLimit() {
        var log = opened(world, 10);

        assertThat(read(log, 0, 1, ALL)).containsExactly(1L);
        assertThat(read(log, 2, 3, ALL)).containsExactly(3L, 4L, 5L);
        assertThat(read(log, 10, 3, ALL)).isEmpty();
        assertThat(read(log, Long.MAX_VALUE, 3, ALL)).isEmpty();
    }

    @Test
    void endsBeforeItWouldBeTooLarge() {
        var log = opened(world, 10);
        int weight = weight(log);

        assertThat(read(log, 0, ALL, 3 * weight)).containsExactly(1L, 2L, 3L);
        assertThat(read(log, 0, ALL, 3 * weight - 1)).containsExactly(1L, 2L);
        assertThat(read(log, 0, ALL, 1)).as("at least one").containsExactly(1L);
    }

    @Test
    void readsNoFurtherBlockOnceItHasEnough() {
        var log = opened(world, 300);
        int before = world.store.scans.get();

        var first = read(log, 0, 127, ALL);
        int scans = world.store.scans.get() - before;

        assertThat(first).hasSize(127);
        assertThat(scans).isEqualTo(1);
        assertThat(read(log, 0, 128, ALL)).hasSize(128);
        assertThat(world.store.scans.get() - before).isEqualTo(2);
    }

    @Test
    void theTailTakesOverWhereItBegins() {
        var hot = worldWithTail(13);
        var log = opened(hot, 140);
        int before = hot.store.scans.get();

        var found = read(hot, log, 0, ALL, ALL);

        assertThat(found).containsExactlyElementsOf(offsets(1, 140));
        assertThat(log.peek(127)).isNull();
        assertThat(log.peek(128)).isNotNull();
        assertThat(hot.store.scans.get() - before).isEqualTo(1);
    }

    @Test
    void whatTheTailAddsCountsWithWhatWasReadBefore() {
        var hot = worldWithTail(13);
        var log = opened(hot, 140);
        int weight = weight(log);

        assertThat(read(hot, log, 0, 130, ALL)).hasSize(130);
        assertThat(read(hot, log, 0, ALL, 130 * weight)).hasSize(130);
        assertThat(read(hot, log, 0, ALL, 130 * weight - 1)).hasSize(129);
        assertThat(read(hot, log, 0, ALL, 127 * weight)).hasSize(127);
    }

    @Test
    void readersOfOneRangeShareWhatIsReadForTheFirst() {
        var log = opened(world, 100);

        var first = world.reading(log, 0, ALL, ALL);
        var second = world.reading(log, 50, ALL, ALL);
        int waiting = world.reader.size();
        world.run();

        assertThat(waiting).isEqualTo(1);
        assertThat(offsets(first)).containsExactlyElementsOf(offsets(1, 100));
        assertThat(offsets(second)).containsExactlyElementsOf(offsets(51, 100));
        assertThat(found(second).getFirst()).isSameAs(found(first).get(50));
    }

    @Test
    void takesABlockThatIsTooLargeToBeKept() {
        var log = world.open("news", DISK.keeping(100, DataSize.mib(100), DISK.maxAge()));
        world.store(log, 20, "x".repeat(1 << 20));
        int before = world.store.scans.get();

        var found = read(log, 0, 10, ALL);

        assertThat(found).containsExactlyElementsOf(offsets(1, 10));
        assertThat(world.store.scans.get() - before).isEqualTo(3);
    }

    @Test
    void readersThatCrossIntoTheTailShareTheLastBlock() {
        var hot = worldWithTail(13);
        var log = opened(hot, 145);
        int before = hot.store.scans.get();

        for (int i = 0; i < 10; i++) {
            assertThat(read(hot, log, 100, ALL, ALL)).containsExactlyElementsOf(offsets(101, 145));
        }
        hot.store(log, 5, "m");

        assertThat(read(hot, log, 100, ALL, ALL)).containsExactlyElementsOf(offsets(101, 150));
        assertThat(hot.store.scans.get() - before).isEqualTo(2);
    }

    @Test
    void aBlockThatWasReadBeforeItsLastPublicationsExistedIsReadAgain() {
        var log = opened(world, 10);
        assertThat(read(log, 0, 5, ALL)).hasSize(5);
        world.store(log, 10, "m");
        int before = world.store.scans.get();

        var found = read(log, 0, ALL, ALL);
        var again = read(log, 0, ALL, ALL);

        assertThat(found).containsExactlyElementsOf(offsets(1, 20));
        assertThat(again).isEqualTo(found);
        assertThat(world.store.scans.get() - before).isEqualTo(1);
    }

    @Test
    void aReaderBehindTheEndOfWhatWasReadBeforeHasItReadAgain() {
        var log = opened(world, 10);
        assertThat(read(log, 0, 5, ALL)).hasSize(5);
        world.store(log, 10, "m");

        assertThat(read(log, 15, ALL, ALL)).containsExactlyElementsOf(offsets(16, 20));
    }

    @Test
    void publicationsThatLeaveBeforeTheyAreReadAreSkipped() {
        var log = world.open("news", DISK.keeping(200, DataSize.mib(16), DISK.maxAge()));
        world.store(log, 300, "m");

        var batches = world.reading(log, 0, 50, ALL);
        evictAndDelete(log, 500);
        world.run();

        assertThat(log.oldest()).isGreaterThan(500);
        assertThat(offsets(batches)).containsExactlyElementsOf(offsets(log.oldest(), log.oldest() + 49));
    }

    @Test
    void aReadEndsBeforePublicationsThatLeaveMeanwhile() {
        var log = world.open("news", DISK.keeping(200, DataSize.mib(16), DISK.maxAge()));
        world.store(log, 200, "m");

        var batches = world.reading(log, 0, ALL, ALL);
        world.reader.remove().run();
        boolean waitsForMore = batches.isEmpty();
        evictAndDelete(log, 500);
        world.run();

        assertThat(waitsForMore).isTrue();
        assertThat(offsets(batches)).containsExactlyElementsOf(offsets(1, 127));
    }

    @Test
    void aPublicationThatIsMissingFailsTheReadThatBeginsWithIt() {
        var log = opened(world, 300);
        lose(log, 1);
        lose(log, 130);

        var first = read(world, world.reading(log, 0, ALL, ALL));
        var upTo = read(log, 120, ALL, ALL);
        var enough = read(log, 120, 9, ALL);
        var then = read(world, world.reading(log, 129, ALL, ALL));

        assertThat(detail(first)).endsWith("publication 1 is missing");
        assertThat(upTo).containsExactlyElementsOf(offsets(121, 129));
        assertThat(enough).isEqualTo(upTo);
        assertThat(detail(then)).endsWith("publication 130 is missing");
        assertThat(read(log, 1, 10, ALL)).containsExactlyElementsOf(offsets(2, 11));
        assertThat(read(log, 255, ALL, ALL)).containsExactlyElementsOf(offsets(256, 300));
    }

    @Test
    void aDiskThatFailsIsAskedAgainByTheNextRead() {
        var log = opened(world, 10);
        world.store.failReads(true);

        var failed = world.reading(log, 0, ALL, ALL);
        world.reader.remove().run();
        boolean triedAgain = !world.reader.isEmpty();
        world.store.failReads(false);

        assertThat(triedAgain).isFalse();
        assertThat(problem(failed).error()).isEqualTo(ClientError.STORAGE_UNAVAILABLE);
        assertThat(detail(failed)).isEqualTo("the log cannot be read at the moment: Input/output error");
        assertThat(read(log, 0, ALL, ALL)).hasSize(10);
    }

    @Test
    void isRefusedWhereTooManyReadsWait() {
        var log = opened(world, 300);
        read(log, 0, 1, ALL);
        world.stopping(true);

        var cold = world.reading(log, 200, ALL, ALL);
        var across = world.reading(log, 0, ALL, ALL);
        var here = world.reading(log, 0, 100, ALL);
        world.stopping(false);

        assertThat(detail(cold)).endsWith("too many reads wait");
        assertThat(detail(across)).endsWith("too many reads wait");
        assertThat(offsets(here)).as("of a block at hand").hasSize(100);
        assertThat(read(log, 200, ALL, ALL)).hasSize(100);
    }

    @Test
    void aLogThatWasLetGoOfIsReadFromTheDisk() {
        var log = opened(world, 130);

        assertThat(world.engine.evict(log)).isTrue();

        assertThat(log.peek(130)).isNull();
        assertThat(read(log, 0, ALL, ALL)).containsExactlyElementsOf(offsets(1, 130));
        assertThat(read(log, 129, ALL, ALL)).containsExactly(130L);
    }

    private static SteppedEngine worldWithTail(int messages) {
        return new SteppedEngine(new HubConfig().withTail(messages), new DiskConfig(new DataSize(0), DataSize.mib(1)));
    }

    private static ChannelLog opened(SteppedEngine world, int publications) {
        var log = world.open("news", DISK);
        world.store(log, publications, "m");
        return log;
    }

    /** Appends until everything before {@code offset} has left the log and the disk; leaves the readers waiting. */
    private void evictAndDelete(ChannelLog log, long offset) {
        while (log.oldest() <= offset) {
            world.store(log, 100, "m");
        }
        for (int i = 0; i < 2; i++) { // what one turn evicts, a later one deletes
            world.store(log, 256, "m");
        }
    }

    private void lose(ChannelLog log, long offset) {
        var batch = new StoreBatch();
        batch.delete(Family.PUBLICATIONS, StoreKeys.publication(StoreKeys.channel(new ChannelName("news")), offset));
        world.store.write(batch, true);
    }

    private static int weight(ChannelLog log) {
        var newest = log.peek(log.newest());
        return newest == null ? 0 : newest.weight();
    }

    private List<Long> read(ChannelLog log, long after, int limit, int maxBytes) {
        return read(world, log, after, limit, maxBytes);
    }

    private static List<Long> read(SteppedEngine world, ChannelLog log, long after, int limit, int maxBytes) {
        return offsets(read(world, world.reading(log, after, limit, maxBytes)));
    }

    private static List<Batch> read(SteppedEngine world, List<Batch> batches) {
        world.run();
        return batches;
    }

    private static List<Publication> found(List<Batch> batches) {
        assertThat(batches).hasSize(1).first().isInstanceOf(Batch.Found.class);
        return ((Batch.Found) batches.getFirst()).publications();
    }

    private static List<Long> offsets(List<Batch> batches) {
        return found(batches).stream().map(Publication::offset).toList();
    }

    private static List<Long> offsets(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    private static Problem problem(List<Batch> batches) {
        assertThat(batches).hasSize(1).first().isInstanceOf(Batch.Failed.class);
        return ((Batch.Failed) batches.getFirst()).problem();
    }

    private static String detail(List<Batch> batches) {
        return problem(batches).detail();
    }
}
