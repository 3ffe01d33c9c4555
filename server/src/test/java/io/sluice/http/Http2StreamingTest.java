package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.sluice.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What streaming responses look like frame by frame, and what the client's windows do to them. */
final class Http2StreamingTest {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int PING = 6;
    private static final int INITIAL_WINDOW = 4;

    private final BlockingQueue<HttpExchange> begun = new LinkedBlockingQueue<>();
    private final TestServer server = new TestServer(new HttpRoutes()
            .add("GET", "/", begun::add)
            .add("POST", "/", exchange -> exchange.respond(200, Unpooled.EMPTY_BUFFER)));
    private final RawClient client = server.connect();
    /** Of the last frame that was read. */
    private String payload = "";

    private int flags;

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void partsLeaveAsFramesInTheirOrderAndTheEndBehindThem() {
        connect(1 << 20);
        var stream = stream(1);

        on(stream, () -> {
            stream.write(text("one"));
            stream.write(text("two"));
            stream.end(new DefaultHttpHeaders().add("grpc-status", "0"));
        });

        assertThat(next(HEADERS)).isEqualTo(new Frame(HEADERS, 4, 1, 0));
        assertThat(nextData()).isEqualTo("one");
        assertThat(nextData()).isEqualTo("two");
        assertThat(next(HEADERS).flags() & END_STREAM).isEqualTo(END_STREAM);
    }

    @Test
    void aLargePartIsCutIntoFramesThatEveryClientTakes() {
        connect(1 << 20);
        var bytes = new byte[40_000];
        new Random(7).nextBytes(bytes);
        var stream = stream(1);

        on(stream, () -> stream.write(Unpooled.wrappedBuffer(bytes)));

        var received = new ByteArrayOutputStream();
        var lengths = new ArrayList<Integer>();
        while (received.size() < bytes.length) {
            var part = nextData().getBytes(StandardCharsets.ISO_8859_1);
            lengths.add(part.length);
            received.writeBytes(part);
        }
        assertThat(lengths).containsExactly(16_384, 16_384, 7_232);
        assertThat(received.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void noMoreThanTheStreamsWindowLeavesAndTheRestFollowsWhenItOpens() {
        connect(10);
        var stream = stream(1);

        on(stream, () -> {
            stream.write(text("12345678"));
            stream.write(text("abcdefgh"));
            stream.write(text("ABCD"));
            stream.close();
        });
        var first = data(10);
        send(WINDOW_UPDATE, 1, 4);
        var second = data(4);
        send(WINDOW_UPDATE, 1, 100);

        assertThat(first).isEqualTo("12345678ab");
        assertThat(second).isEqualTo("cdef");
        assertThat(data(6)).isEqualTo("ghABCD");
        assertThat(flags).isEqualTo(END_STREAM);
    }

    @Test
    void aWriterIsToldThatTheWindowIsShutAndThatItIsOpenAgain() throws Exception {
        connect(5);
        var stream = stream(1);
        var seen = new LinkedBlockingQueue<Boolean>();
        on(stream, () -> {
            stream.onWritable(() -> seen.add(stream.writable()));
            seen.add(stream.writable());
            stream.write(text("12345"));
            seen.add(stream.writable());
        });

        assertThat(data(5)).isEqualTo("12345");
        assertThat(seen.take()).isTrue();
        assertThat(seen.take()).isFalse();
        send(WINDOW_UPDATE, 1, 1);

        assertThat(seen.poll(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void settingsThatShrinkTheWindowBelowWhatWasSentHoldTheStreamBack() throws Exception {
        connect(10);
        var stream = stream(1);
        on(stream, () -> stream.write(text("12345678")));
        assertThat(data(8)).isEqualTo("12345678");

        client.send(settings(4));
        settled();
        on(stream, () -> stream.write(text("x")));
        send(WINDOW_UPDATE, 1, 4); // from -4 to 0
        send(WINDOW_UPDATE, 1, 1);

        assertThat(nextData()).isEqualTo("x");
    }

    @Test
    void streamsThatWaitForTheConnectionsWindowGetOnInTurn() {
        connect(1 << 20);
        var streams = IntStream.of(1, 3, 5).mapToObj(this::stream).toList();
        streams.forEach(stream -> on(stream, () -> pump(stream)));

        // The connection's first window is 65,535 bytes, and 30,000 fit into what is opened after that.
        data(65_535);
        var got = new int[6];
        for (int round = 0; round < 6; round++) {
            send(WINDOW_UPDATE, 0, 30_000);
            for (int left = 30_000; left > 0; ) {
                var frame = nextFrame(DATA);
                got[frame.stream()] += frame.length();
                left -= frame.length();
            }
        }

        assertThat(List.of(got[1], got[3], got[5])).allMatch(bytes -> bytes >= 30_000);
        send(RST_STREAM, 1, 8);
        send(RST_STREAM, 3, 8);
        send(RST_STREAM, 5, 8);
    }

    @Test
    void aStreamThatIsBrokenOffEndsBehindItsData() {
        connect(1 << 20);
        var stream = stream(1);

        on(stream, () -> {
            stream.write(text("last words"));
            stream.abort();
            stream.write(text("too late"));
        });

        assertThat(nextData()).isEqualTo("last words");
        assertThat(next(RST_STREAM).stream()).isEqualTo(1);
        send(WINDOW_UPDATE, 0, 1);
        var other = stream(3);
        on(other, () -> other.write(text("other")));
        assertThat(nextFrame(DATA).stream()).isEqualTo(3);
    }

    @Test
    void aStreamThatTheClientResetsWritesNothingMore() {
        connect(1 << 20);
        var reset = stream(1);
        send(RST_STREAM, 1, 8);
        settled();
        var other = stream(3);

        on(other, () -> {
            reset.write(text("to nobody"));
            other.write(text("other"));
        });

        assertThat(nextFrame(DATA).stream()).isEqualTo(3);
    }

    @Test
    void manyStreamsShareAConnectionAndEachGetsAllInOrder() {
        connect(1 << 20);
        send(WINDOW_UPDATE, 0, 1 << 24);
        var streams = IntStream.range(0, 50).mapToObj(i -> stream(2 * i + 1)).toList();

        for (int round = 0; round < 20; round++) {
            var bytes = text("message %03d ".formatted(round).repeat(round % 4 == 0 ? 500 : 1));
            streams.forEach(stream -> on(stream, () -> stream.write(bytes.duplicate())));
        }

        var received = new TreeMap<Integer, StringBuilder>();
        var expected = new StringBuilder();
        for (int round = 0; round < 20; round++) {
            expected.append("message %03d ".formatted(round).repeat(round % 4 == 0 ? 500 : 1));
        }
        for (long left = 50L * expected.length(); left > 0; ) {
            var frame = nextFrame(DATA);
            received.computeIfAbsent(frame.stream(), id -> new StringBuilder()).append(payload);
            left -= frame.length();
        }
        assertThat(received).hasSize(50);
        assertThat(received.values()).allMatch(all -> all.toString().contentEquals(expected));
    }

    @Test
    void bodiesThatNobodyReadAreGivenBack() {
        var memory = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
        connect(1 << 20);
        unread(1);
        long before = memory.usedDirectMemory();

        for (int id = 3; id < 1_000; id += 2) {
            unread(id);
        }

        assertThat(memory.usedDirectMemory() - before).isLessThan(4 << 20);
    }

    /** A request whose answer does not wait for its 16,000 bytes. */
    private void unread(int id) {
        client.send(ByteBuffer.allocate(15 + 9 + 16_000)
                .putInt(6 << 8 | HEADERS)
                .put((byte) 4)
                .putInt(id)
                .put("\u0083\u0086\u0084\u0001\u0001x".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(16_000 << 8 | DATA)
                .put((byte) END_STREAM)
                .putInt(id)
                .array());
        next(HEADERS);
    }

    private static void pump(ResponseStream stream) {
        stream.onWritable(() -> pump(stream));
        while (stream.writable()) {
            stream.write(Unpooled.wrappedBuffer(new byte[1_000]));
        }
    }

    // ---- the client's side

    private record Frame(int type, int flags, int stream, int length) {}

    private void connect(int window) {
        client.send(PREFACE).send(settings(window));
    }

    private static byte[] settings(int window) {
        return ByteBuffer.allocate(15)
                .putInt(6 << 8 | SETTINGS)
                .put((byte) 0)
                .putInt(0)
                .putShort((short) INITIAL_WINDOW)
                .putInt(window)
                .array();
    }

    private void send(int type, int stream, int number) {
        client.send(ByteBuffer.allocate(13)
                .putInt(4 << 8 | type)
                .put((byte) 0)
                .putInt(stream)
                .putInt(number)
                .array());
    }

    /** A request on stream {@code id}, whose response has begun. */
    private ResponseStream stream(int id) {
        // :method GET, :scheme http, :path / from the static table; :authority x as a literal.
        client.send(ByteBuffer.allocate(15)
                .putInt(6 << 8 | HEADERS)
                .put((byte) 5)
                .putInt(id)
                .put("\u0082\u0086\u0084\u0001\u0001x".getBytes(StandardCharsets.ISO_8859_1))
                .array());
        try {
            var exchange = Objects.requireNonNull(begun.poll(10, TimeUnit.SECONDS));
            var made = new ResponseStream[1];
            exchange.loop().execute(() -> made[0] = exchange.stream(200));
            server.settle();
            return made[0];
        } catch (InterruptedException asked) {
            throw new AssertionError(asked);
        }
    }

    private void on(ResponseStream stream, Runnable task) {
        stream.loop().execute(task);
    }

    /** Returns once the server has taken what was sent before. */
    private void settled() {
        client.send(ByteBuffer.allocate(17).putInt(8 << 8 | PING).array());
        next(PING);
    }

    private Frame next(int type) {
        while (true) {
            var head = client.readBytes(9);
            var in = ByteBuffer.wrap(head);
            int lengthAndType = in.getInt();
            var frame = new Frame(lengthAndType & 0xff, in.get() & 0xff, in.getInt(), lengthAndType >>> 8);
            payload = client.read(frame.length());
            flags = frame.flags();
            if (frame.type() == type) {
                return type == DATA ? frame : new Frame(type, frame.flags(), frame.stream(), 0);
            }
        }
    }

    /** The next frame that carries something. */
    private Frame nextFrame(int type) {
        Frame frame;
        do {
            frame = next(type);
        } while (frame.length() == 0);
        return frame;
    }

    private String nextData() {
        nextFrame(DATA);
        return payload;
    }

    /** So many bytes of DATA, however they are cut. */
    private String data(int length) {
        var all = new StringBuilder();
        while (all.length() < length) {
            all.append(nextData());
        }
        assertThat(all).hasSize(length);
        return all.toString();
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }
}
