package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One stored message: what it says, what it counts for, and the encodings that it keeps for listed wires. */
final class PublicationTest {
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true);
    private static final Position POSITION = new Position(7, 3);
    private static final Instant TIME = Instant.parse("2026-11-21T09:00:00.123456Z");

    @Test
    void saysWhatItsDraftSaid() {
        var draft = new Draft("edited", "alice", Map.of("k", "v"), json("{}"), null, null);

        var publication = Publication.of(new ChannelName("news"), POSITION, TIME, draft);

        assertThat(publication.channel()).isEqualTo(new ChannelName("news"));
        assertThat(publication.position()).isEqualTo(POSITION);
        assertThat(publication.offset()).isEqualTo(3);
        assertThat(publication.event()).isEqualTo("edited");
        assertThat(publication.from()).isEqualTo("alice");
        assertThat(publication.headers()).isEqualTo(Map.of("k", "v"));
        assertThat(publication.payload()).isSameAs(draft.payload());
    }

    @Test
    void isAsOldAsItsMillisecond() {
        var publication = publication(Map.of());

        assertThat(publication.time()).isEqualTo(Instant.parse("2026-11-21T09:00:00.123Z"));
        assertThat(publication.timeMillis()).isEqualTo(TIME.toEpochMilli());
    }

    @Test
    void countsForItsPayloadItsNamesAndAnOverheadForEach() {
        assertThat(publication(Map.of()).weight()).isEqualTo(96 + 2 + "message".length());
        assertThat(publication(Map.of("name", "value", "a", "b")).weight())
                .isEqualTo(96 + 2 + "message".length() + (4 + 5 + 32) + (1 + 1 + 32));
    }

    @Test
    void isEncodedOnceForEverybodyWhoReadsAListedWire() {
        var publication = publication(Map.of());
        var wire = new Listed(3);

        var first = publication.encoded(wire, ALLOCATOR);
        var second = publication.encoded(wire, ALLOCATOR);
        var other = publication.encoded(new Listed(4), ALLOCATOR);

        assertThat(second).isSameAs(first);
        assertThat(other).isNotSameAs(first);
        assertThat(wire.encoded).isEqualTo(1);
        first.release(2);
        other.release();
        assertThat(first.refCnt()).as("what the publication keeps").isEqualTo(1);
        publication.release();
        publication.release();
        assertThat(first.refCnt()).isZero();
        assertThat(other.refCnt()).isZero();
    }

    @Test
    void keepsNothingOnceItHasLeftMemory() {
        var publication = publication(Map.of());
        publication.release();

        var encoded = publication.encoded(new Listed(3), ALLOCATOR);

        assertThat(encoded.refCnt()).isEqualTo(1);
        encoded.release();
    }

    @Test
    void isEncodedAgainForWhoeverFindsTheBytesGivenBack() {
        var publication = publication(Map.of());
        var wire = new Listed(3);
        publication.encoded(wire, ALLOCATOR).release(2); // as if release() had run between finding and retaining them

        var again = publication.encoded(wire, ALLOCATOR);

        assertThat(again.refCnt()).isEqualTo(1);
        assertThat(wire.encoded).isEqualTo(2);
        again.release();
    }

    private static Publication publication(Map<String, String> headers) {
        return new Publication(new ChannelName("news"), POSITION, TIME, "message", null, headers, json("{}"));
    }

    private static Payload json(String text) {
        return Payload.json(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A wire with a slot of its own that counts how often it encodes. */
    private static final class Listed implements Wire {
        private final int index;
        int encoded;

        Listed(int index) {
            this.index = index;
        }

        @Override
        public String name() {
            return "listed";
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public ByteBuf encode(Publication publication, ByteBufAllocator allocator) {
            encoded++;
            return allocator.directBuffer(1).writeByte('x');
        }

        @Override
        public ByteBuf encode(Notice notice, ByteBufAllocator allocator) {
            throw new UnsupportedOperationException();
        }
    }
}
