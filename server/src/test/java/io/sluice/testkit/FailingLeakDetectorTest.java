package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** That a leak would be noticed. */
final class FailingLeakDetectorTest {
    @Test
    void reportsABufferThatNobodyReleased() {
        var leaks = new ArrayList<String>();

        ByteBufAllocator.DEFAULT.directBuffer(64).writeByte(1);
        Eventually.holds(() -> {
            System.gc();
            // Reports are made when the next buffer is.
            ByteBufAllocator.DEFAULT.directBuffer(64).release();
            FailingLeakDetector.drainTo(leaks);
            return !leaks.isEmpty();
        });

        assertThat(leaks).first().asString().contains("reportsABufferThatNobodyReleased");
    }
}
