package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a channel may be called, and what its name says. */
final class ChannelNameTest {
    private static final String ALLOWED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@~-";

    @Test
    void holdsTheseCharactersAndNoOthers() {
        for (char c = 0; c < 0x250; c++) {
            boolean allowed = ALLOWED.indexOf(c) >= 0;

            assertThat(ChannelName.parse("a" + c) != null)
                    .as("character %d", (int) c)
                    .isEqualTo(allowed);
        }
    }

    @Test
    void hasOneTo255Characters() {
        assertThat(ChannelName.parse("")).isNull();
        assertThat(ChannelName.parse("a")).isNotNull();
        assertThat(ChannelName.parse("a".repeat(255))).isNotNull();
        assertThat(ChannelName.parse("a".repeat(256))).isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> new ChannelName("a b"));
    }

    @ParameterizedTest
    @CsvSource({"news, default", "chat:general, chat", "a:b:c, a", ":x, ''"})
    void theNamespaceStandsBeforeTheFirstColon(String name, String namespace) {
        assertThat(new ChannelName(name).namespace()).isEqualTo(namespace);
    }

    @Test
    void aUsersOwnChannelIsOfThatUserAlone() {
        var alices = Objects.requireNonNull(ChannelName.ofUser("alice"));

        assertThat(alices).hasToString("user:alice");
        assertThat(alices.user()).isEqualTo("alice");
        assertThat(alices.isOf("alice")).isTrue();
        assertThat(alices.isOf("lice")).isFalse();
        assertThat(alices.isOf("malice")).isFalse();
        assertThat(alices.isOf("alicf")).isFalse();
        assertThat(new ChannelName("uses:alice").isOf("alice")).isFalse();
        assertThat(new ChannelName("room:1").user()).isNull();
        assertThat(ChannelName.ofUser("not allowed")).isNull();
    }

    @ParameterizedTest
    // Published vectors of 32-bit FNV-1a: a position of today must be known as its channel's for ever.
    @CsvSource({"a, e40c292c", "foobar, bf9cf968"})
    void theFingerprintIsFnv1a(String name, String hash) {
        assertThat(Integer.toHexString(new ChannelName(name).fingerprint())).isEqualTo(hash);
    }

    @Test
    void anEpochBelongsToItsChannelInEveryGeneration() {
        var channel = new ChannelName("a");

        for (int generation : new int[] {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            long epoch = Epoch.of(channel, generation);
            assertThat((int) epoch).isEqualTo(generation);
            assertThat(Epoch.belongsTo(epoch, channel)).isTrue();
            assertThat(Epoch.belongsTo(epoch, new ChannelName("b"))).isFalse();
        }
    }

    @Test
    void namesAreOrderedAsText() {
        assertThat(new ChannelName("a")).isLessThan(new ChannelName("b")).isEqualByComparingTo(new ChannelName("a"));
    }
}
