package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.RawClient;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A peer that does not read holds its own response back, in bounded memory, and finds everything in order later. */
class SlowPeerTest {
    private static final int PART = 32 << 10;
    private static final int PARTS = 2_000;

    private final CompletableFuture<Integer> stalledAt = new CompletableFuture<>();
    private final TestServer server = new TestServer(new HttpRoutes()
            .add("GET", "/numbers", exchange -> pump(exchange.stream(200)))
            .add("GET", "/until-close", exchange -> {
                exchange.responseHeaders().set("connection", "close");
                pump(exchange.stream(200));
            })
            .add("POST", "/copy", SlowPeerTest::copy));

    @AfterEach
    void stop() {
        server.close();
    }

    /** Writes numbered parts for as long as the client takes them. */
    private void pump(ResponseStream stream) {
        var part = new int[1];
        Runnable more = () -> {
            while (part[0] < PARTS && stream.writable()) {
                var bytes = Unpooled.directBuffer(PART).writeBytes(numbered(part[0]));
                stream.write(bytes);
                bytes.release();
                part[0]++;
            }
            if (part[0] == PARTS) {
                stream.close();
            } else {
                stalledAt.complete(part[0]);
            }
        };
        stream.onWritable(more);
        more.run();
    }

    private static void copy(HttpExchange exchange) {
        var out = exchange.stream(200);
        exchange.readBody(new BodyReader() {
            @Override
            public void part(ByteBuf bytes, Runnable more) {
                out.write(bytes);
                bytes.release();
                if (out.writable()) {
                    more.run();
                } else {
                    out.onWritable(more);
                }
            }

            @Override
            public void end(HttpHeaders trailers) {
                out.close();
            }

            @Override
            public void failed(Problem problem) {
                out.abort();
            }
        });
    }

    private static byte[] numbered(int part) {
        var bytes = new byte[PART];
        var view = java.nio.ByteBuffer.wrap(bytes);
        while (view.hasRemaining()) {
            view.putInt(part);
        }
        return bytes;
    }

    private static void assertNumbersInOrder(InputStream body) throws Exception {
        for (int part = 0; part < PARTS; part++) {
            assertThat(java.util.Arrays.equals(body.readNBytes(PART), numbered(part)))
                    .as("part %s", part)
                    .isTrue();
        }
        assertThat(body.read()).isEqualTo(-1);
    }

    @Test
    void stopsWritingToARawClientThatDoesNotRead() throws Exception {
        try (var client = RawClient.connect(server.port(), 64 << 10)) {
            client.send("GET /until-close HTTP/1.1\r\nHost: x\r\n\r\n");
            int before = stalledAt.get(20, TimeUnit.SECONDS);
            client.readUntil("\r\n\r\n");
            for (int part = 0; part < PARTS; part++) {
                var bytes = client.readBytes(PART);
                assertThat(java.nio.ByteBuffer.wrap(bytes).getInt(PART - 4)).isEqualTo(part);
            }

            assertThat(before).isLessThan(PARTS / 2);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void stopsWritingChunksToAClientThatDoesNotRead() throws Exception {
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var request = ApiClient.requestTo(URI.create("http://127.0.0.1:" + server.port() + "/numbers"))
                    .build();
            var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            int before = stalledAt.get(20, TimeUnit.SECONDS);

            assertThat(before).isLessThan(PARTS);
            assertNumbersInOrder(response.body());
        }
    }

    @Test
    void stopsWritingToAnHttp2StreamWhoseWindowIsFull() throws Exception {
        try (var client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            var request = ApiClient.requestTo(URI.create("http://127.0.0.1:" + server.port() + "/numbers"))
                    .build();
            var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            int before = stalledAt.get(20, TimeUnit.SECONDS);

            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(before).isLessThan(PARTS);
            assertNumbersInOrder(response.body());
        }
    }

    @Test
    void copiesALongBodyWhileItComes() throws Exception {
        var file = Files.createTempFile("body", ".txt");
        var body = Files.writeString(file, "0123456789abcdef".repeat(1 << 20));
        var copy = Files.createTempFile("copy", ".txt");
        for (var version : List.of("--http1.1", "--http2-prior-knowledge")) {
            var uri = "http://127.0.0.1:" + server.port() + "/copy";
            HttpVersionsTest.curl(version, "--data-binary", "@" + body, "-o", copy.toString(), uri);

            assertThat(Files.mismatch(body, copy)).as(version).isEqualTo(-1);
        }
    }
}
