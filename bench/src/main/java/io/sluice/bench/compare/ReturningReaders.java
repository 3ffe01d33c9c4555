package io.sluice.bench.compare;

import io.sluice.bench.Deliveries;
import io.sluice.bench.Dialect;
import io.sluice.bench.LoadLoop;
import io.sluice.bench.LoadSocket;
import io.sluice.bench.Protocol;
import io.sluice.bench.Stamp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Readers that connect again whenever they are cut, with their cursor where their protocol has one, after the waits of their usual
 * client, while a publisher goes on publishing. Confined to the load thread.
 */
final class ReturningReaders {
    private static final int CONNECTS_PER_TURN = 100;
    private static final long SECOND = 1_000_000_000L;

    private final LoadLoop loop;
    private final Protocol protocol;
    private final Waits waits;
    private final LoadSocket publisher;
    private final InetSocketAddress way;
    private final Dialect dialect;
    private final Deliveries deliveries = new Deliveries();
    private final List<Reader> readers = new ArrayList<>();
    private final Random random = new Random(1);
    private final String channel;
    private final long interval;
    private int sequence;
    private long next;
    private long refused;

    /** How long a client waits, in seconds, after so many failures, with a random part from 0 to 1. */
    @FunctionalInterface
    interface Waits {
        double seconds(int failures, double random);
    }

    /** One reader and the connection that it has or had. */
    private static final class Reader {
        private LoadSocket socket;
        private boolean noticed;
        private int failures;
        private long dueNanos;

        Reader(LoadSocket socket) {
            this.socket = socket;
        }
    }

    /**
     * Connects all of them.
     *
     * @param publisher a connection of {@link Protocol#publisher} that nothing cuts
     * @param way where the readers connect: the server, or a proxy before it
     */
    ReturningReaders(
            LoadLoop loop,
            Protocol protocol,
            Waits waits,
            LoadSocket publisher,
            InetSocketAddress way,
            String channel,
            int count,
            double perSecond)
            throws IOException {
        this.loop = loop;
        this.protocol = protocol;
        this.waits = waits;
        this.publisher = publisher;
        this.way = way;
        this.channel = channel;
        this.interval = (long) (SECOND / perSecond);
        var host = "127.0.0.1:" + way.getPort();
        this.dialect = protocol.reader(new Protocol.Reading(host, channel, deliveries).returning());
        for (var socket : loop.open(count, way, dialect)) {
            readers.add(new Reader(socket));
        }
        this.next = System.nanoTime();
    }

    /** Ends every connection, as a network does. */
    void cut() {
        readers.forEach(reader -> reader.socket.close());
    }

    boolean allIn() {
        return readers.stream().allMatch(reader -> reader.socket.open && !reader.socket.closed);
    }

    /** Publishes and lets readers come back until {@code done} or the time is over; the seconds that it took. */
    double run(double seconds, BooleanSupplier done) throws IOException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < seconds * SECOND && !done.getAsBoolean()) {
            loop.poll(1_000_000);
            publish();
            comeBack();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** Waits, without publishing, until every reader has the last message, or until that no longer helps. */
    void settle() throws IOException {
        long end = System.nanoTime() + 10 * SECOND;
        while (System.nanoTime() < end && readers.stream().anyMatch(r -> r.socket.lastSequence < sequence)) {
            loop.poll(1_000_000);
            comeBack();
        }
    }

    private void publish() throws IOException {
        if (System.nanoTime() - next >= 0) {
            protocol.publish(publisher, channel, Stamp.data(next, ++sequence, FanoutTurns.SIZE));
            next += interval;
        }
    }

    private void comeBack() throws IOException {
        long now = System.nanoTime();
        int budget = CONNECTS_PER_TURN;
        for (var reader : readers) {
            if (!reader.socket.closed) {
                continue;
            }
            if (!reader.noticed) {
                noticeEnd(reader, now);
            } else if (budget > 0 && now - reader.dueNanos >= 0) {
                budget--;
                reader.noticed = false;
                reader.socket = loop.connect(way, dialect, reader.socket);
            }
        }
    }

    private void noticeEnd(Reader reader, long now) {
        reader.noticed = true;
        if (reader.socket.open) {
            reader.failures = 0;
        } else {
            reader.failures++;
            refused++;
        }
        long asked = reader.socket.retryAfterNanos;
        double pause = asked > 0 ? random.nextDouble() : waits.seconds(reader.failures, random.nextDouble());
        reader.dueNanos = now + asked + (long) (pause * SECOND);
    }

    /** Messages that a reader did not get, although it was there before and after, or at the end. */
    long lost() {
        long tail = readers.stream()
                .mapToLong(reader -> sequence - reader.socket.lastSequence)
                .sum();
        return deliveries.missing() + tail;
    }

    long repeated() {
        return deliveries.repeated();
    }

    /** Gaps that the server told. */
    long gaps() {
        return deliveries.gaps();
    }

    /** Attempts that did not succeed. */
    long refused() {
        return refused;
    }

    /** What should have been received. */
    long expected() {
        return (long) sequence * readers.size();
    }
}
