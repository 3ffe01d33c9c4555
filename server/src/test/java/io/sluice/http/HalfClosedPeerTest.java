package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sluice.net.Clock;
import io.sluice.net.EventLoops;
import io.sluice.net.SelfSigned;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that end one direction, or stop reading: an answer reaches whoever still reads, and nobody holds a connection. */
class HalfClosedPeerTest {
    private static final int LARGE = 32 << 20;

    private final ManualClock clock = new ManualClock();
    private final CompletableFuture<HttpExchange> waiting = new CompletableFuture<>();
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final HttpRoutes routes = new HttpRoutes()
            .add("GET", "/hello", exchange -> exchange.respond(200, Http1Test.text("hello")))
            .add("POST", "/echo", exchange -> exchange.collectBody(1 << 20, body -> exchange.respond(200, body)))
            .add(
                    "GET",
                    "/large",
                    exchange ->
                            exchange.respond(200, Unpooled.directBuffer(LARGE).writeZero(LARGE)))
            .add("GET", "/wait", exchange -> {
                exchange.onClose(() -> left.complete(null));
                waiting.complete(exchange);
            })
            .add("GET", "/stream", exchange -> {
                exchange.onClose(() -> left.complete(null));
                Http1Test.send(exchange.stream(200), "first");
            });
    private final TestServer server = new TestServer(routes, new HttpSettings(), EventLoops.Kernel.AUTO, clock, null);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersEverythingThatCameBeforeThePeerEndedItsDirection() {
        try (var client = server.connect()) {
            client.send(
                    "GET /hello HTTP/1.1\r\nHost: x\r\n\r\nPOST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
            client.endOutput();

            assertThat(client.readResponse()).endsWith("hello");
            assertThat(client.readResponse()).endsWith("abc");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void answersAPeerThatEndedItsDirectionWhileItWaited() throws Exception {
        try (var client = server.connect()) {
            client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n").endOutput();
            var exchange = waiting.get();
            exchange.loop().execute(() -> exchange.respond(200, Http1Test.text("late")));

            assertThat(client.readResponse()).endsWith("late");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void takesAPeerForGoneThatEndedItsDirectionAndWaitsTooLong() throws Exception {
        try (var client = server.connect()) {
            client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n").endOutput();
            waiting.get();
            Eventually.holds(() -> {
                clock.advance(Duration.ofSeconds(1));
                return left.isDone();
            });

            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void noticesAtOnceWhenAReaderOfAStreamLeaves() {
        try (var client = server.connect()) {
            client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n").readUntil("first");
            client.endOutput();

            Eventually.holds(left::isDone);
        }
    }

    @Test
    void refusesABodyThatEndsBeforeItsLength() {
        try (var client = server.connect()) {
            client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
                    .endOutput();

            assertThat(client.readResponse()).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void givesUpAPeerThatTakesNothingOfAFinishedResponse() {
        try (var client = RawClient.connect(server.port(), 64 << 10)) {
            client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
            Eventually.holds(() -> server.http.openConnections() == 1);
            Eventually.holds(() -> {
                clock.advance(Duration.ofSeconds(1));
                return server.http.openConnections() == 0;
            });
        }
    }

    @Test
    void aRefusalOverTlsIsReadEvenByAPeerThatGoesOnSending() throws Exception {
        var certificate = SelfSigned.of(List.of("localhost"), Clock.SYSTEM);
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("sluice", certificate.certificate());
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        try (var secure = new TestServer(
                        routes, new HttpSettings(), EventLoops.Kernel.AUTO, Clock.SYSTEM, certificate.context());
                var socket = (SSLSocket) tls.getSocketFactory().createSocket("localhost", secure.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[300_000]);

            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answer).startsWith("HTTP/1.1 413 ").endsWith("}");
        }
    }
}
