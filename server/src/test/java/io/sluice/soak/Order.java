package io.sluice.soak;

import io.sluice.testkit.TestClient.Received;
import io.sluice.testkit.TestClient.Received.Message;
import io.sluice.testkit.TestClient.Received.Missing;
import org.jspecify.annotations.Nullable;

/** What one reader may receive next: the following position, or a gap that says where it goes on. Confined to its reader. */
final class Order {
    private long offset = -1;
    private long gaps;

    /** Nothing was received yet, and nothing up to this position will be. */
    void startAfter(String position) {
        offset = offsetOf(position);
    }

    /** What is wrong with {@code received} after all that came before; null when nothing is. */
    @Nullable
    String broken(Received received) {
        return switch (received) {
            case Message message -> {
                long before = offset;
                offset = message.offset();
                yield before < 0 || offset == before + 1
                        ? null
                        : (offset <= before ? "repeated " : "skipped to ") + offset + " after " + before;
            }
            case Missing gap -> {
                gaps++;
                long from = offsetOf(gap.from());
                long before = offset;
                offset = offsetOf(gap.to());
                yield before < 0 || from == before + 1 ? null : "a gap from " + from + " after " + before;
            }
        };
    }

    /** The offset of the last that was received; -1 before the first. */
    long offset() {
        return offset;
    }

    /** How many gaps were told. */
    long gaps() {
        return gaps;
    }

    static long offsetOf(String position) {
        return Long.parseLong(position.substring(position.indexOf('.') + 1));
    }
}
