package io.sluice.soak;

import io.sluice.testkit.ClientKind;
import io.sluice.testkit.ReaderRefused;
import io.sluice.testkit.ServerAddress;
import io.sluice.testkit.TestClient;
import io.sluice.testkit.TestClient.Received.Message;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One reader for the whole run: opens, reads for a while, leaves or is cut, and comes back with its cursor. What it gets is held against
 * the order of positions. A thread of its own runs it; counts are read by others.
 */
final class Following implements Runnable {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    /** Latencies count once a reader has been back for so long: catching up is not latency. */
    private static final long SETTLED_NANOS = SECOND;

    private final ClientKind kind;
    private final Soak soak;
    private final ServerAddress way;
    private final String channel;
    private final Random random;
    private final Order order = new Order();
    private long newest = Long.MIN_VALUE;
    private volatile String cursor = "latest";
    private volatile long offset = -1;
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong returns = new AtomicLong();

    Following(ClientKind kind, Soak soak, ServerAddress way, String channel, long seed) {
        this.kind = kind;
        this.soak = soak;
        this.way = way;
        this.channel = channel;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        while (!soak.isOver() || offset < soak.lastOffset(channel)) {
            if (soak.isOver() && soak.isTooLate()) {
                return;
            }
            try (var client = kind.open(way, cursor, channel)) {
                if (cursor.equals("latest")) {
                    cursor = client.startCursor();
                    order.startAfter(cursor);
                }
                read(client);
            } catch (ReaderRefused refused) {
                pause(Math.max(100, refused.retryAfter().toMillis()));
            } catch (RuntimeException | AssertionError cutOrGone) {
                // By a fault of ours, or because the server is being started: it comes back with its cursor.
                pause(100);
            }
            returns.incrementAndGet();
        }
    }

    private void read(TestClient client) {
        long opened = System.nanoTime();
        long leaves = opened + SECOND + random.nextLong(9 * SECOND);
        while (System.nanoTime() < leaves && !(soak.isOver() && offset >= soak.lastOffset(channel))) {
            if (kind == ClientKind.POLL) {
                pause(50); // its client asks again at once while nothing comes
            }
            var next = client.next();
            var broken = order.broken(next);
            if (broken != null) {
                soak.violated(name() + ": " + broken);
            }
            if (next.cursor() != null) {
                cursor = next.cursor();
            }
            offset = order.offset();
            received.incrementAndGet();
            if (next instanceof Message message) {
                take(Soak.published(message.data()), opened);
            }
        }
    }

    /** A message of this time has come to a reader that was opened at that time. */
    private void take(long published, long opened) {
        if (published <= newest) {
            soak.violated(name() + ": a message that was published again was stored twice");
        }
        newest = published;
        if (System.nanoTime() - opened > SETTLED_NANOS) {
            soak.latency(System.nanoTime() - published);
        }
    }

    private void pause(long millis) {
        LockSupport.parkNanos((long) (millis * MILLI * (0.5 + random.nextDouble())));
    }

    String name() {
        return kind + " on " + channel;
    }

    ClientKind kind() {
        return kind;
    }

    /** True when it has the last that was acknowledged. */
    boolean isComplete() {
        return offset >= soak.lastOffset(channel);
    }

    long received() {
        return received.get();
    }

    /** How often it has opened anew. */
    long returns() {
        return returns.get();
    }

    /** Gaps that the server told; read once it has ended. */
    long gaps() {
        return order.gaps();
    }
}
