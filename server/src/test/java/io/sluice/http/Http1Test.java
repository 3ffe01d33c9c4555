package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class Http1Test {
    private final CompletableFuture<HttpExchange> waiting = new CompletableFuture<>();
    private final TestServer server = new TestServer(new HttpRoutes()
            .add("GET", "/hello/{name}", exchange -> exchange.respond(200, text("hello " + exchange.parameter("name"))))
            .add("POST", "/echo", exchange -> exchange.collectBody(64 << 10, body -> exchange.respond(200, body)))
            .add("GET", "/wait", waiting::complete)
            .add("GET", "/chunks", exchange -> {
                var stream = exchange.stream(200);
                send(stream, "one");
                send(stream, "two");
                stream.close();
            })
            .add("GET", "/events", exchange -> {
                exchange.responseHeaders().set("connection", "close");
                var stream = exchange.stream(200);
                send(stream, "data: 1\n\n");
                stream.close();
            })
            .add("GET", "/upgrade", exchange -> {
                var connection = java.util.Objects.requireNonNull(exchange.upgrade("echo"));
                connection.onBytes(connection.outlet()::write);
            })
            .add("GET", "/broken", exchange -> {
                throw new IllegalStateException("a bug, on purpose");
            }));

    static io.netty.buffer.ByteBuf text(String text) {
        return ByteBufUtil.writeUtf8(io.netty.buffer.ByteBufAllocator.DEFAULT, text);
    }

    static void send(io.sluice.net.Outlet outlet, String text) {
        var bytes = text(text);
        outlet.write(bytes);
        bytes.release();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersAndKeepsTheConnection() {
        try (var client = server.connect()) {
            client.send("GET /hello/a%20b?x=1 HTTP/1.1\r\nHost: x\r\n\r\n");
            var first = client.readResponse();
            client.send("HEAD /hello/bob HTTP/1.1\r\nHost: x\r\n\r\n");
            var second = client.readUntil("\r\n\r\n");

            assertThat(first).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhello a b");
            assertThat(first).contains("\r\ndate: ").contains("\r\nx-request-id: ");
            assertThat(second).contains("\r\ncontent-length: 9\r\n");
        }
    }

    @Test
    void takesARequestThatComesByteByByte() {
        try (var client = server.connect()) {
            client.sendOneByOne(
                    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde"
                            + "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\nA: b\r\n\r\n");

            assertThat(client.readResponse()).endsWith("\r\n\r\nabcde");
            assertThat(client.readResponse()).endsWith("\r\n\r\nabcde");
        }
    }

    @Test
    void letsPipelinedRequestsWaitForTheirTurn() throws Exception {
        try (var client = server.connect()) {
            client.send(
                    "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n" + "GET /hello/b HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500));
            var exchange = waiting.get();
            exchange.loop().execute(() -> exchange.respond(200, text("at last")));

            assertThat(client.readResponse()).endsWith("at last");
            for (int i = 0; i < 500; i++) {
                assertThat(client.readResponse()).endsWith("hello b");
            }
        }
    }

    @Test
    void streamsInChunksOrUntilTheConnectionEnds() {
        try (var client = server.connect()) {
            client.send("GET /chunks HTTP/1.1\r\nHost: x\r\n\r\n");
            var chunked = client.readResponse();
            client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
            var delimited = client.readToEnd();

            assertThat(chunked).endsWith("\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
            assertThat(delimited).contains("\r\nconnection: close\r\n").endsWith("\r\n\r\ndata: 1\n\n");
        }
    }

    @Test
    void leavesHttpWithTheBytesThatCameEarly() {
        try (var client = server.connect()) {
            client.send("GET /upgrade HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nearly");
            var head = client.readUntil("\r\n\r\n");
            var early = client.read(5);
            client.send("later");

            assertThat(head).startsWith("HTTP/1.1 101 ").contains("\r\nconnection: upgrade\r\nupgrade: echo\r\n");
            assertThat(early).isEqualTo("early");
            assertThat(client.read(5)).isEqualTo("later");
        }
    }

    @Test
    void asksForABodyThatWaitsForPermission() {
        try (var client = server.connect()) {
            client.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            var permission = client.readUntil("\r\n\r\n");
            client.send("abc");

            assertThat(permission).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.readResponse()).endsWith("abc");
        }
    }

    @Test
    void refusesATooLongBodySoThatTheClientCanReadIt() {
        try (var client = server.connect()) {
            client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("10000\r\n" + "x".repeat(65536) + "\r\n1\r\nx\r\n0\r\n\r\n");

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 413 ")
                    .contains("\"type\":\"urn:sluice:problem:too-large\"")
                    .contains("\"limit\":65536");
        }
    }

    @Test
    void saysWhatIsWrongWithAMethodOrAPath() {
        try (var client = server.connect()) {
            client.send("DELETE /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
            var wrongMethod = client.readResponse();
            client.send("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
            var notFound = client.readResponse();
            client.send("OPTIONS /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
            var options = client.readUntil("\r\n\r\n");

            assertThat(wrongMethod).startsWith("HTTP/1.1 405 ").contains("\r\nallow: GET, HEAD, OPTIONS\r\n");
            assertThat(notFound).startsWith("HTTP/1.1 404 ").contains("application/problem+json");
            assertThat(options).startsWith("HTTP/1.1 204 ").contains("\r\nallow: GET, HEAD, OPTIONS\r\n");
        }
    }

    @Test
    void answers500AndClosesWhenAHandlerFails() {
        try (var client = server.connect()) {
            client.send("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 500 ")
                    .contains("\r\nconnection: close\r\n")
                    .contains("urn:sluice:problem:internal");
        }
    }
}
