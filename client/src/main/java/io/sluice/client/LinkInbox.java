package io.sluice.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the threads of the HTTP client hand to the client's own thread. Each source is asked for one piece at a time, so few
 * things ever wait here.
 */
final class LinkInbox {
    /** Something for the link. */
    sealed interface Item {
        /** A whole message of a WebSocket. */
        record Text(String text) implements Item {}

        /** Bytes of a response; what an earlier response has left here is told apart by its source. */
        record Bytes(Object source, List<ByteBuffer> bytes) implements Item {}

        /** The peer lives. */
        record Heard() implements Item {}

        /** The answer of a request is there. */
        record Answered() implements Item {}

        /** No more will come. */
        record Ended(Object source, SluiceException why) implements Item {}

        /** Subscriptions have changed. */
        record Woken() implements Item {}
    }

    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(64);

    /** From any thread; never waits. What does not fit is dropped, which a peer that floods with pings alone can bring about. */
    void put(Item item) {
        if (!items.offer(item)
                && (item instanceof Item.Text || item instanceof Item.Bytes || item instanceof Item.Ended)) {
            items.clear();
            items.add(new Item.Ended(
                    this, new SluiceException(ProblemCode.CONNECTION_LOST, "more came than was asked for")));
        }
    }

    void wake() {
        put(new Item.Woken());
    }

    /** The next; null when none came in time. */
    @Nullable
    Item take(Duration within) throws InterruptedException {
        return items.poll(within.toNanos(), TimeUnit.NANOSECONDS);
    }
}
