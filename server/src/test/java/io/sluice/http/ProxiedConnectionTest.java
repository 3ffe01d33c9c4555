package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.sluice.config.Network;
import io.sluice.config.ProxiesConfig;
import io.sluice.net.Clock;
import io.sluice.net.EventLoops;
import io.sluice.net.SelfSigned;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that begin with a PROXY header, over sockets: by hand, and by curl, which writes headers of its own. */
class ProxiedConnectionTest {
    private static final String GET = "GET /peer HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String LINE = "PROXY TCP6 2001:db8::7 2001:db8::1 56324 443\r\n";

    private final ManualClock clock = new ManualClock();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private @Nullable TestServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private TestServer running() {
        return Objects.requireNonNull(server);
    }

    private TestServer server(@Nullable SslContext tls) {
        var routes = new HttpRoutes()
                .add(
                        "GET",
                        "/peer",
                        exchange -> exchange.respond(200, Http1Test.text(exchange.version() + " " + exchange.peer())));
        var config =
                new ProxiesConfig(List.of(new Network("127.0.0.1/32")), true, ProxiesConfig.Header.X_FORWARDED_FOR);
        var observer = new ExchangeObserver() {
            @Override
            public void misled(String why, @Nullable SocketAddress proxy) {
                told.add(why);
            }
        };
        var settings = new HttpSettings().behind(new Proxies(config));
        var made = new TestServer(routes, settings, EventLoops.Kernel.AUTO, clock, observer, tls);
        server = made;
        return made;
    }

    @Test
    void theAddressIsTheOneThatTheHeaderTells() {
        try (var client = server(null).connect()) {
            client.send(LINE + GET + GET);

            assertThat(client.readResponse()).endsWith("HTTP/1.1 /[2001:db8:0:0:0:0:0:7]:56324");
            assertThat(client.readResponse()).endsWith("HTTP/1.1 /[2001:db8:0:0:0:0:0:7]:56324");
        }
    }

    @Test
    void aHeaderComesInAnyPieces() {
        try (var client = server(null).connect()) {
            client.sendOneByOne(LINE + GET);

            assertThat(client.readResponse()).endsWith("/[2001:db8:0:0:0:0:0:7]:56324");
        }
    }

    @Test
    void version2TellsAnAddressAndLocalTellsNone() {
        var signature = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
        try (var proxied = server(null).connect();
                var local = RawClient.connect(running().port())) {
            proxied.send(signature)
                    .send(HexFormat.of().parseHex("2111000cc0000207c0000201dc0401bb"))
                    .send(GET);
            local.send(signature).send(new byte[] {0x20, 0, 0, 0}).send(GET);

            assertThat(proxied.readResponse()).endsWith("HTTP/1.1 /192.0.2.7:56324");
            assertThat(local.readResponse()).contains("HTTP/1.1 /127.0.0.1:");
        }
    }

    @Test
    void aRequestIsWhoseTheNextProxySaysWhereThatOneIsTrusted() {
        try (var inner = server(null).connect();
                var outer = RawClient.connect(running().port())) {
            var get = "GET /peer HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, 192.0.2.9\r\n\r\n";
            inner.send("PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + get);
            outer.send(LINE + get);

            assertThat(inner.readResponse()).endsWith(" /192.0.2.9:0");
            assertThat(outer.readResponse()).endsWith(" /[2001:db8:0:0:0:0:0:7]:56324");
        }
    }

    @Test
    void curlTellsItsAddressBeforeEveryVersionOfHttp() throws Exception {
        var address = "http://127.0.0.1:" + server(null).port() + "/peer";

        assertThat(HttpVersionsTest.curl("--haproxy-protocol", address)).startsWith("HTTP/1.1 /127.0.0.1:");
        assertThat(HttpVersionsTest.curl("--haproxy-protocol", "--http2-prior-knowledge", address))
                .startsWith("HTTP/2 /127.0.0.1:");
        assertThat(told).isEmpty();
    }

    @Test
    void theHeaderComesBeforeTls() throws Exception {
        var address = "https://127.0.0.1:"
                + server(SelfSigned.of(List.of("127.0.0.1"), Clock.SYSTEM).context())
                        .port() + "/peer";

        assertThat(HttpVersionsTest.curl("-k", "--haproxy-protocol", "--http1.1", address))
                .startsWith("HTTP/1.1 /127.0.0.1:");
        assertThat(HttpVersionsTest.curl("-k", "--haproxy-protocol", "--http2", address))
                .startsWith("HTTP/2 /127.0.0.1:");
    }

    @Test
    void othersConnectWithoutAndAreBelievedNothing() throws Exception {
        var address = "http://127.0.0.1:" + server(null).port() + "/peer";

        var plain = HttpVersionsTest.curl("--interface", "127.0.0.2", "-H", "X-Forwarded-For: 6.6.6.6", address);
        var pretending =
                HttpVersionsTest.curl("--interface", "127.0.0.2", "--haproxy-protocol", "-w", "%{http_code}", address);

        assertThat(plain).startsWith("HTTP/1.1 /127.0.0.2:");
        assertThat(pretending).contains("urn:sluice:problem:bad-request").endsWith("400");
    }

    @Test
    void aTrustedProxyWithoutAHeaderIsClosedAndTheOperatorIsToldWhy() throws Exception {
        try (var plain = server(null).connect();
                var half = RawClient.connect(running().port());
                var probe = RawClient.connect(running().port())) {
            plain.send(GET);
            assertThat(plain.readToEnd()).isEmpty();
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("the connection does not begin with a PROXY header");

            half.send("PROXY TCP4 192.0").endOutput();
            assertThat(half.readToEnd()).isEmpty();
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("the connection ended within the PROXY header");

            // As balancers look whether somebody listens.
            probe.endOutput();
            assertThat(probe.readToEnd()).isEmpty();
            assertThat(told).isEmpty();
            Eventually.holds(() -> running().http.openConnections() == 0);
        }
    }

    @Test
    void aHeaderThatDoesNotEndIsNotWaitedForForEver() throws Exception {
        try (var client = server(null).connect()) {
            client.send("PROXY TCP4 192.0");
            Eventually.holds(() -> running().http.openConnections() == 1);
            running().settle();

            clock.advance(Duration.ofSeconds(11));

            assertThat(client.readToEnd()).isEmpty();
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("no whole PROXY header within 10000 ms");
        }
    }

    @Test
    void theLongestHeaderOfVersion2FitsAndALongerOneDoesNot() {
        var head = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "21111000" + "c0000207c0000201dc0401bb");
        var tooLong = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "21111001");
        try (var fits = server(null).connect();
                var not = RawClient.connect(running().port())) {
            fits.send(head).send(new byte[4096 - 12]).send(GET.getBytes(StandardCharsets.ISO_8859_1));
            not.send(tooLong);

            assertThat(fits.readResponse()).endsWith(" /192.0.2.7:56324");
            assertThat(not.readToEnd()).isEmpty();
        }
    }
}
