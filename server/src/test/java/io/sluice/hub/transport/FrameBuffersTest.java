package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.net.Loop;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A frame's buffer is used again for the next one, but never under somebody who still holds it. */
final class FrameBuffersTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final SimulatedLoops loops = new SimulatedLoops(2, new ManualClock());
    private final Loop loop = loops.loops().getFirst();
    private final FrameBuffers buffers = new FrameBuffers(loops.loops(), allocator);

    /** At the end everything is given back. */
    @AfterEach
    void stop() {
        buffers.close();
        loops.runAll(new Random(1));
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void theNextFrameOverwritesTheOneThatHasLeft() {
        frame("first").release();
        long after = allocator.metric().usedDirectMemory();

        var second = frame("second");

        assertThat(text(second)).isEqualTo("second");
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(after);
        second.release();
    }

    @Test
    void whatCouldNotLeaveIsNotOverwritten() {
        var first = frame("first");
        var held = first.retainedSlice(1, 4);
        first.release();

        for (int i = 0; i < 200; i++) {
            frame("next " + i).release();
        }

        assertThat(text(held)).isEqualTo("irst");
        held.release();
    }

    @Test
    void eachLoopHasOneOfItsOwn() {
        var here = frame("here");
        var there = buffers.take(loops.loops().getLast(), 10);
        there.writeCharSequence("there", StandardCharsets.US_ASCII);

        assertThat(text(here)).isEqualTo("here");
        here.release();
        there.release();
    }

    @Test
    void aLargeFrameIsNotKept() {
        var large = buffers.take(loop, 1 << 20);

        assertThat(large.writableBytes()).isGreaterThanOrEqualTo(1 << 20);
        large.release();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private ByteBuf frame(String text) {
        var frame = buffers.take(loop, text.length());
        frame.writeCharSequence(text, StandardCharsets.US_ASCII);
        return frame;
    }

    private static String text(ByteBuf bytes) {
        return bytes.toString(StandardCharsets.US_ASCII);
    }
}
