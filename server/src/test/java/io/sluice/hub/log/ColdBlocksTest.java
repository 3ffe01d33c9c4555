package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.hub.ChannelName;
import io.sluice.hub.PlainWire;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import io.sluice.hub.log.ColdBlocks.Block;
import io.sluice.hub.log.Store.Family;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a block has, for how long it is kept, and who shares it; a test runs the reader's tasks. */
final class ColdBlocksTest {
    private static final ChannelName NEWS = new ChannelName("news");
    private static final long EPOCH = 7;
    private static final long MUCH = 64 << 20;

    private final SimulatedStore store = new SimulatedStore();
    private final ArrayDeque<Runnable> reader = new ArrayDeque<>();
    private final ColdBlocks blocks = new ColdBlocks(store, reader::add, MUCH);

    @Test
    void blocksBeginAtMultiplesOfTheirSpan() {
        assertThat(Stream.of(0L, 1L, 127L, 128L, 129L, 255L, 256L, 1L << 40).map(ColdBlocks::alignedTo))
                .containsExactly(0L, 0L, 0L, 128L, 128L, 128L, 256L, 1L << 40);
    }

    @Test
    void hasWhatIsStoredFromItsFirstOffsetToItsLast() {
        fill(1, 400, "m");

        var block = load(128, 400);

        assertThat(block.end()).isEqualTo(255);
        assertThat(block.complete()).isTrue();
        assertThat(block.at(127)).isNull();
        assertThat(block.at(128)).extracting(Publication::position).isEqualTo(new Position(EPOCH, 128));
        assertThat(block.at(255)).extracting(Publication::offset).isEqualTo(255L);
        assertThat(block.at(256)).isNull();
        assertThat(block.publications())
                .hasSize(128)
                .first()
                .extracting(Publication::channel)
                .isEqualTo(NEWS);
    }

    @Test
    void endsWithTheNewestAndIsCompleteOnlyAtItsLastOffset() {
        fill(1, 400, "m");

        assertThat(load(128, 254).complete()).isFalse();
        assertThat(fresh().get(NEWS, EPOCH, 128, 255)).satisfies(this::run).satisfies(done -> {
            assertThat(done.join().complete()).isTrue();
            assertThat(done.join().publications()).hasSize(128);
        });
        assertThat(load(256, 300).end()).isEqualTo(300);
        assertThat(load(256, 300).publications()).hasSize(45);
    }

    @Test
    void whatIsNotStoredIsNotThere() {
        fill(10, 20, "m");
        fill(22, 30, "m");

        var block = load(0, 30);

        assertThat(block.at(0)).isNull();
        assertThat(block.at(9)).isNull();
        assertThat(block.at(10)).isNotNull();
        assertThat(block.at(21)).isNull();
        assertThat(block.at(22))
                .as("behind a hole")
                .extracting(Publication::offset)
                .isEqualTo(22L);
        assertThat(block.at(30))
                .as("behind a hole")
                .extracting(Publication::offset)
                .isEqualTo(30L);
        assertThat(block.at(31)).isNull();
        assertThat(load(128, 200).at(128)).as("of an empty block").isNull();
    }

    @Test
    void isCutShortByItsWeightAndTheNextGoesOnThere() {
        fill(1, 10, "x".repeat((1 << 20) - weight("")));

        var block = load(0, 10);
        var next = load(block.end() + 1, 10);

        assertThat(block.bytes()).isEqualTo(4 << 20);
        assertThat(block.end()).isEqualTo(4);
        assertThat(block.complete()).as("of what nothing can be added to").isTrue();
        assertThat(next.at(5)).isNotNull();
        assertThat(next.end()).isEqualTo(8);
        assertThat(load(9, 10).end()).isEqualTo(10);
        assertThat(load(9, 10).complete()).isFalse();
    }

    @Test
    void whatFollowsACutEndsWhereTheBlockWouldHave() {
        fill(100, 200, "m");

        var rest = load(101, 200);

        assertThat(rest.end()).isEqualTo(127);
        assertThat(rest.complete()).isTrue();
    }

    @Test
    void equalReadsAreOneAndOthersAreNot() {
        fill(1, 10, "m");

        var first = blocks.get(NEWS, EPOCH, 0, 10);
        var second = blocks.get(NEWS, EPOCH, 0, 10);
        int waiting = reader.size();
        blocks.get(new ChannelName("other"), EPOCH, 0, 10);
        blocks.get(NEWS, EPOCH + 1, 0, 10);
        blocks.get(NEWS, EPOCH, 128, 200);

        assertThat(second).isSameAs(first);
        assertThat(waiting).isEqualTo(1);
        assertThat(reader).hasSize(4);
    }

    @Test
    void aReadThatFailedIsNotKept() {
        fill(1, 10, "m");
        store.failReads(true);

        var failed = blocks.get(NEWS, EPOCH, 0, 10);
        run(failed);
        store.failReads(false);

        assertThat(failed.exceptionNow()).isInstanceOf(StoreFailed.class);
        assertThat(load(0, 10).publications()).hasSize(10);
    }

    @Test
    void aReadThatNoThreadTakesIsNotKept() {
        fill(1, 10, "m");
        var full = new boolean[] {true};
        var bounded = new ColdBlocks(
                store,
                task -> {
                    if (full[0]) {
                        throw new RejectedExecutionException("full");
                    }
                    task.run();
                },
                MUCH);

        assertThatThrownBy(() -> bounded.get(NEWS, EPOCH, 0, 10)).isInstanceOf(RejectedExecutionException.class);
        full[0] = false;

        assertThat(bounded.get(NEWS, EPOCH, 0, 10).join().publications()).hasSize(10);
    }

    @Test
    void aForgottenBlockIsReadAgain() {
        fill(1, 10, "m");
        var block = load(0, 10);
        var encoded = encode(block);

        blocks.forget(NEWS, EPOCH, block);
        fill(11, 20, "m");
        var again = load(0, 20);

        assertThat(encoded).allMatch(bytes -> bytes.refCnt() == 0);
        assertThat(again.end()).isEqualTo(20);
        assertThat(again.publications()).hasSize(20);
    }

    @Test
    void onlyTheBlockThatWasMeantIsForgotten() {
        fill(1, 10, "m");
        var old = load(0, 9);
        blocks.forget(NEWS, EPOCH, old);
        blocks.forget(NEWS, EPOCH, old);

        var underWay = blocks.get(NEWS, EPOCH, 0, 10);
        blocks.forget(NEWS, EPOCH, old);
        var joined = blocks.get(NEWS, EPOCH, 0, 10);
        run(underWay);
        blocks.forget(NEWS, EPOCH, old);
        var present = blocks.get(NEWS, EPOCH, 0, 10);

        assertThat(joined).isSameAs(underWay);
        assertThat(present).isSameAs(underWay);
    }

    @Test
    void keepsSoMuchAndGivesBackWhatTheRestMadeOfItself() {
        fill(0, 255, "m");
        long weight = 512 + 2 * 128L * weight("m");
        var exact = new ColdBlocks(store, Runnable::run, 2 * weight);
        var small = new ColdBlocks(store, Runnable::run, 2 * weight - 1);

        var kept = Stream.of(0L, 128L)
                .map(start -> encode(exact.get(NEWS, EPOCH, start, 255).join()))
                .toList();
        var encoded = Stream.of(0L, 128L)
                .map(start -> encode(small.get(NEWS, EPOCH, start, 255).join()))
                .toList();
        small.get(NEWS, EPOCH, 0, 255).join();
        small.get(NEWS, EPOCH, 128, 255).join();

        assertThat(kept).allSatisfy(all -> assertThat(all).allMatch(bytes -> bytes.refCnt() == 1));
        assertThat(encoded).anySatisfy(all -> assertThat(all).allMatch(bytes -> bytes.refCnt() == 0));
        exact.close();
        small.close();
        assertThat(Stream.concat(kept.stream(), encoded.stream()))
                .allSatisfy(all -> assertThat(all).allMatch(bytes -> bytes.refCnt() == 0));
    }

    /** The encodings that the publications of {@code block} keep from now on. */
    private static List<ByteBuf> encode(Block block) {
        var wire = new PlainWire();
        var encoded = block.publications().stream()
                .map(publication -> publication.encoded(wire, UnpooledByteBufAllocator.DEFAULT))
                .toList();
        encoded.forEach(ByteBuf::release); // the reader's; what is left is the publication's
        return encoded;
    }

    private ColdBlocks fresh() {
        return new ColdBlocks(store, reader::add, MUCH);
    }

    private Block load(long start, long newest) {
        var block = blocks.get(NEWS, EPOCH, start, newest);
        run(block);
        return block.join();
    }

    private void run(CompletableFuture<Block> block) {
        while (!block.isDone()) {
            reader.remove().run();
        }
    }

    private void fill(long first, long last, String text) {
        var batch = new StoreBatch();
        for (long offset = first; offset <= last; offset++) {
            batch.put(
                    Family.PUBLICATIONS,
                    StoreKeys.publication(StoreKeys.channel(NEWS), offset),
                    PublicationFormat.encode(publication(offset, text)));
        }
        store.write(batch, true);
    }

    private static Publication publication(long offset, String text) {
        return Publication.of(NEWS, new Position(EPOCH, offset), Instant.EPOCH, EngineWorld.draft(text));
    }

    private static int weight(String text) {
        return publication(1, text).weight();
    }
}
