package io.sluice.hub.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Payload;
import io.sluice.hub.Position;
import io.sluice.hub.Publication;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is stored of publications, keys and channels: it comes back whole, and what is damaged or of another version is told. */
final class StoredFormatTest {
    private static final ChannelName CHANNEL = new ChannelName("news");
    private static final Instant TIME = Instant.ofEpochMilli(1_763_715_600_123L);

    @ParameterizedTest
    @EnumSource
    void aPublicationOfEveryKindComesBack(Payload.Kind kind) {
        var payload = new Payload(kind, new byte[] {0, 1, -1}, "application/x");
        var full = publication("tick", "alice", Map.of("a", "1", "ü", "ß"), payload);

        var read = decoded(PublicationFormat.encode(full));

        assertThat(read.position()).isEqualTo(full.position());
        assertThat(read.time()).isEqualTo(TIME);
        assertThat(read.event()).isEqualTo("tick");
        assertThat(read.from()).isEqualTo("alice");
        assertThat(read.headers()).isEqualTo(full.headers());
        assertThat(read.payload().kind()).isEqualTo(kind);
        assertThat(read.payload().contentType()).isEqualTo("application/x");
        assertThat(read.payload().bytes()).containsExactly(0, 1, -1);
    }

    @Test
    void whatIsUsualTakesNoRoom() {
        var usual = publication(Draft.DEFAULT_EVENT, null, Map.of(), Payload.json(new byte[] {'1'}));

        var encoded = PublicationFormat.encode(usual);
        var read = decoded(encoded);

        assertThat(encoded).hasSize(11);
        assertThat(read.event()).isEqualTo(Draft.DEFAULT_EVENT);
        assertThat(read.from()).isNull();
        assertThat(read.headers()).isEmpty();
        assertThat(read.payload().contentType()).isEqualTo("application/json");
    }

    @Test
    void namesAreAsLongAsTwoBytesCount() {
        var longest = "e".repeat(0xffff);

        var read =
                decoded(PublicationFormat.encode(publication(longest, null, Map.of(), Payload.json(new byte[] {'1'}))));

        assertThat(read.event()).isEqualTo(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PublicationFormat.encode(
                        publication(longest + "e", null, Map.of(), Payload.json(new byte[] {'1'}))));
    }

    @Test
    void whatIsCutShortIsNoPublication() {
        var whole = PublicationFormat.encode(publication("tick", "alice", Map.of("a", "1"), Payload.json(new byte[0])));

        for (int length = 0; length < whole.length; length++) {
            var cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> decoded(cut))
                    .isInstanceOf(StoreFailed.class)
                    .hasMessageContaining("cut short");
        }
    }

    @Test
    void whatANewerVersionWroteIsNotGuessed() {
        var publication = PublicationFormat.encode(publication("e", null, Map.of(), Payload.json(new byte[] {'1'})));
        var use = new KeyUse(1, 2, 3, 4).encode();
        var state = new ChannelState(1, 2, 3, 4).encode();
        publication[0]++;
        use[0]++;
        state[0]++;

        assertThatThrownBy(() -> decoded(publication))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("version");
        assertThatThrownBy(() -> KeyUse.decode(use))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("version");
        assertThatThrownBy(() -> ChannelState.decode(state))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("version");
    }

    @Test
    void keysAndChannelsComeBack() {
        assertThat(KeyUse.decode(new KeyUse(1, 2, 3, 4).encode())).isEqualTo(new KeyUse(1, 2, 3, 4));
        assertThat(ChannelState.decode(new ChannelState(1, 2, 3, 4).encode())).isEqualTo(new ChannelState(1, 2, 3, 4));
    }

    @Test
    void keysOfAChannelAreTogetherAndInTheOrderOfTheirOffsets() {
        var news = StoreKeys.channel(CHANNEL);
        var next = StoreKeys.channel(new ChannelName("news:1"));

        assertThat(Arrays.compareUnsigned(StoreKeys.publication(news, 255), StoreKeys.publication(news, 256)))
                .isNegative();
        assertThat(Arrays.compareUnsigned(StoreKeys.publication(news, Long.MAX_VALUE), StoreKeys.publication(next, 0)))
                .isNegative();
        assertThat(StoreKeys.offset(StoreKeys.publication(news, 4711))).isEqualTo(4711);
        assertThat(StoreKeys.ofExpiry(StoreKeys.expiry(7, news))).isEqualTo(news);
    }

    @Test
    void aFingerprintTellsDraftsApart() {
        var draft = new Draft("e", null, Map.of("a", "1", "b", "2"), text("data"), "k", null);

        var same = new Draft("e", null, Map.of("b", "2", "a", "1"), text("data"), "k", null);

        assertThat(Fingerprint.of(same)).isEqualTo(Fingerprint.of(draft));
        assertThat(Arrays.asList(
                        new Draft("f", null, draft.headers(), draft.payload(), "k", null),
                        new Draft("e", "alice", draft.headers(), draft.payload(), "k", null),
                        new Draft("e", "", draft.headers(), draft.payload(), "k", null),
                        new Draft("e", null, Map.of(), draft.payload(), "k", null),
                        new Draft("e", null, Map.of("a", "1", "b", "3"), draft.payload(), "k", null),
                        new Draft("e", null, Map.of("a", "1", "c", "2"), draft.payload(), "k", null),
                        new Draft("e", null, draft.headers(), text("date"), "k", null),
                        new Draft("e", null, draft.headers(), Payload.json(bytes("data")), "k", null)))
                .extracting(Fingerprint::of)
                .doesNotContain(Fingerprint.of(draft))
                .doesNotHaveDuplicates();
    }

    @Test
    void bothHalvesOfAFingerprintTellWhereOnePartEndsAndTheNextBegins() {
        var drafts = Arrays.asList(
                new Draft("ab", "c", Map.of(), text("d"), "k", null),
                new Draft("a", "bc", Map.of(), text("d"), "k", null),
                new Draft("ab", "c", Map.of("d", ""), text("d"), "k", null),
                new Draft("ab", "c", Map.of(), new Payload(Payload.Kind.TEXT, bytes("d"), "text/plain"), "k", null));

        assertThat(drafts).extracting(draft -> Fingerprint.of(draft) >>> 32).doesNotHaveDuplicates();
        assertThat(drafts).extracting(draft -> (int) Fingerprint.of(draft)).doesNotHaveDuplicates();
    }

    private static Payload text(String text) {
        return new Payload(Payload.Kind.TEXT, bytes(text), "application/json");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Publication publication(
            String event, @Nullable String from, Map<String, String> headers, Payload payload) {
        return new Publication(CHANNEL, new Position(1, 9), TIME, event, from, headers, payload);
    }

    private static Publication decoded(byte[] encoded) {
        return PublicationFormat.decode(CHANNEL, 1, 9, encoded);
    }
}
