package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.EventStreamParser.Block;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventStreamParserTest {
    private static final List<Block> EXPECTED = List.of(
            new Block("e.0", "message", null, 2000),
            new Block("e.1", "note", "one\ntwo \u20ac", -1),
            new Block(null, "message", "", -1));

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void linesEndInThreeWaysAndArriveInAnyPieces(String end) {
        var text =
                "\uFEFFretry: 2000|id: e.0||: a comment|id:e.1|event: note|data: one|data:two \u20ac|other: x||data||event: x||"
                        .replace("|", end);
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int size = 1; size <= bytes.length; size++) {
            var blocks = new ArrayList<Block>();
            var parser = new EventStreamParser();

            for (int at = 0; at < bytes.length; at += size) {
                parser.take(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at)), blocks::add);
            }

            assertThat(blocks).isEqualTo(EXPECTED);
        }
    }

    @Test
    void aBlockThatIsNotCompleteIsNotGiven() {
        var blocks = new ArrayList<Block>();

        new EventStreamParser().take(ByteBuffer.wrap("data: cut\n".getBytes(StandardCharsets.UTF_8)), blocks::add);

        assertThat(blocks).isEmpty();
    }
}
