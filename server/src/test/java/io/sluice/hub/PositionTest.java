package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A position has one way to be written, and nothing else is one. */
final class PositionTest {
    @ParameterizedTest
    @CsvSource({
        "0.0, 0, 0",
        "z.9, 35, 9",
        "a9z.10, 13319, 10",
        "1y2p0ij32e8e7.9223372036854775807, 9223372036854775807, 9223372036854775807",
        "3w5e11264sgsf.1, -1, 1"
    })
    void readsWhatItPrints(String text, long epoch, long offset) {
        var position = new Position(epoch, offset);

        assertThat(Position.parse(text)).isEqualTo(position);
        assertThat(position).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1",
                "1.",
                ".1",
                "1.1.1",
                "1.-1",
                "-1.1",
                "1.+1",
                "1.01",
                "1.00",
                "01.1",
                "00.1",
                "A.1",
                "z{.1",
                "`.1",
                "/.1",
                ":.1",
                "1.a",
                "1. 1",
                "1.1 ",
                "1.\u0661",
                "1.9223372036854775808",
                "1.99999999999999999999",
                "3w5e11264sgsg.1",
                "zzzzzzzzzzzzzz.1"
            })
    void isNothingElse(String text) {
        assertThat(Position.parse(text)).isNull();
    }

    @Test
    void hasNoOffsetBelowTheFirst() {
        assertThat(new Position(1, 0).offset()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> new Position(1, -1));
    }
}
