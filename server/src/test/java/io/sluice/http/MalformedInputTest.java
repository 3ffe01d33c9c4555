package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not a request that every server would understand in the same way is refused, and the connection ends. */
class MalformedInputTest {
    private static final TestServer SERVER = new TestServer(new HttpRoutes()
            .add("GET", "/*", exchange -> exchange.respond(200, Http1Test.text(exchange.path())))
            .add("POST", "/*", exchange -> exchange.collectBody(1000, body -> exchange.respond(200, body))));

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private static String answer(String request) {
        try (var client = SERVER.connect()) {
            return client.send(request).readToEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA B: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\u0000c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
                "GET / HTTP/1.1\nHost: x\n\n",
                "GET / HTTP/1.1\r\nHost: x\n\r\n",
                "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
                "GET /\tb HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
                "GET / http/1.1\r\nHost: x\r\n\r\n",
                "GET /\r\n\r\n",
                " GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "G(T / HTTP/1.1\r\nHost: x\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"b\"\r\na\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 3\r\n\r\n",
                "GET http://other/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a#b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a%2Fb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a%5cb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a%00b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a%4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a/../b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a/%2e%2E/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /a/. HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /?a=%f HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            })
    void refusesWithAProblemAndCloses(String request) {
        var answer = answer(request);

        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .contains("\r\nconnection: close\r\n")
                .contains("\"type\":\"urn:sluice:problem:bad-request\"");
    }

    @Test
    void neverTakesASmuggledRequestForOne() {
        var answer =
                answer("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                        + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("smuggled")
                .doesNotContain(" 200 ");
    }

    @Test
    void understandsTheUnusualThatIsAllowed() {
        assertThat(answer("\r\nGET /a%C3%BC?b=%20 HTTP/1.1\r\nHost:x:80\r\nConnection: x, Close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n/a\u00c3\u00bc");
        assertThat(answer("GET http://x/abs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .endsWith("/abs");
        assertThat(answer("GET /old HTTP/1.0\r\n\r\n"))
                .contains("connection: close")
                .endsWith("/old");
        assertThat(answer("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 204 ");
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThat(answer("GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ")
                .contains("urn:sluice:problem:uri-too-long");
        assertThat(answer("GET /" + "a".repeat(100_000))).startsWith("HTTP/1.1 414 ");
        assertThat(answer("GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(50_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ")
                .contains("urn:sluice:problem:headers-too-large");
        assertThat(answer("GET / HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(100) + "\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(answer("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc"))
                .startsWith("HTTP/1.1 413 ");
        assertThat(answer("GET /?" + "a&".repeat(1001) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("\"limit\":1000");
        assertThat(answer("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" + "a".repeat(200)))
                .startsWith("HTTP/1.1 400 ");
        assertThat(answer("POST / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\na"))
                .startsWith("HTTP/1.1 417 ");
        assertThat(answer("CONNECT x:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 501 ");
    }

    @Test
    void keepsTheConnectionWhenASmallUnwantedBodyFollows() {
        try (var client = SERVER.connect()) {
            client.send(
                    "GET /one HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcdeGET /two HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.readResponse()).endsWith("/one");
            assertThat(client.readResponse()).endsWith("/two");
        }
    }
}
