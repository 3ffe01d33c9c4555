package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Encodings in forms that clients ask for are kept with the publication like those of listed wires, but only so many. */
final class UnlistedWireTest {
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true);

    @Test
    void isEncodedOnceForEverybody() {
        var publication = publication();
        var wire = new CountingWire();

        var first = publication.encoded(wire, ALLOCATOR);
        var second = publication.encoded(wire, ALLOCATOR);

        assertThat(second).isSameAs(first);
        assertThat(wire.encoded).isEqualTo(1);
        first.release(2);
        assertThat(first.refCnt()).as("what the publication keeps").isEqualTo(1);
        publication.release();
        assertThat(first.refCnt()).isZero();
    }

    @Test
    void keepsTheFirstFormsAndMakesFurtherOnesAgain() {
        var publication = publication();
        for (int i = 0; i < Wire.MAX_UNLISTED; i++) {
            publication.encoded(new CountingWire(), ALLOCATOR).release();
        }
        var late = new CountingWire();

        var first = publication.encoded(late, ALLOCATOR);
        var second = publication.encoded(late, ALLOCATOR);

        assertThat(late.encoded).isEqualTo(2);
        assertThat(first.refCnt()).isEqualTo(1);
        assertThat(second.refCnt()).isEqualTo(1);
        first.release();
        second.release();
        publication.release();
    }

    @Test
    void keepsNothingOfAPublicationThatHasLeftMemory() {
        var publication = publication();
        publication.release();

        var encoded = publication.encoded(new CountingWire(), ALLOCATOR);

        assertThat(encoded.refCnt()).isEqualTo(1);
        encoded.release();
    }

    @Test
    void readersOnManyThreadsAndAReleaseAmongThemLoseNoBuffer() throws Exception {
        for (int round = 0; round < 200; round++) {
            var publication = publication();
            var wires = new CountingWire[] {new CountingWire(), new CountingWire(), new CountingWire()};
            var start = new CyclicBarrier(4);
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < 4; t++) {
                boolean releases = t == 3;
                threads.add(Thread.ofPlatform().start(() -> {
                    await(start);
                    if (releases) {
                        publication.release();
                    } else {
                        for (var wire : wires) {
                            var encoded = publication.encoded(wire, ALLOCATOR);
                            assertThat(encoded.getByte(0)).isEqualTo((byte) 'x');
                            encoded.release();
                        }
                    }
                }));
            }
            for (var thread : threads) {
                thread.join();
            }

            publication.release();

            for (var wire : wires) {
                assertThat(wire.made).allMatch(bytes -> bytes.refCnt() == 0);
            }
        }
    }

    @Test
    void whoeverAsksForTheSameFormIsReadInTheSameWire() {
        var forms = List.of("data", "position", "data", "data channel", "position");
        try (var server = EdgeServer.inMemory()) {
            var sockets = new ArrayList<WebSocketClient>();
            for (int i = 0; i < forms.size(); i++) {
                var socket = WebSocketClient.open(server, "/graphql", 0);
                sockets.add(socket);
                socket.send("{\"type\":\"connection_init\"}").next("connection_ack");
                socket.send("""
                        {"id":"1","type":"subscribe","payload":{"variables":{"c":["c%d"]},
                        "query":"subscription($c: [String!]!) {messages(channels: $c) {%s}}"}}""".formatted(i, forms.get(i)));
                socket.next("next");
            }

            var wires = wires(server.hub());
            sockets.forEach(WebSocketClient::close);

            assertThat(wires).hasSize(5);
            assertThat(wires.get("c2")).isSameAs(wires.get("c0"));
            assertThat(wires.get("c4")).isSameAs(wires.get("c1"));
            assertThat(Set.copyOf(wires.values())).hasSize(3);
        }
    }

    /** By channel, what its one reader is read in. */
    private static Map<String, Wire> wires(Hub hub) {
        var wires = new HashMap<String, Wire>();
        for (var session : hub.sessions().all()) {
            CompletableFuture.runAsync(
                            () -> session.subscriptions()
                                    .forEach(each -> wires.put(
                                            each.channel().name().value(),
                                            each.inbox().wire())),
                            session.loop())
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        }
        return wires;
    }

    private static Publication publication() {
        return new Publication(
                new ChannelName("news"),
                new Position(1, 1),
                Instant.EPOCH,
                "message",
                null,
                Map.of(),
                Payload.json("1".getBytes(StandardCharsets.UTF_8)));
    }

    private static void await(CyclicBarrier start) {
        try {
            start.await();
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static final class CountingWire implements Wire {
        final ArrayList<ByteBuf> made = new ArrayList<>();
        int encoded;

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public int index() {
            return UNLISTED;
        }

        @Override
        public synchronized ByteBuf encode(Publication publication, ByteBufAllocator allocator) {
            encoded++;
            var bytes = allocator.directBuffer(1).writeByte('x');
            made.add(bytes);
            return bytes;
        }

        @Override
        public ByteBuf encode(Notice notice, ByteBufAllocator allocator) {
            throw new UnsupportedOperationException();
        }
    }
}
