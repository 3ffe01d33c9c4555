package io.sluice.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.ssl.SslContext;
import io.sluice.net.Clock;
import io.sluice.net.EventLoops;
import io.sluice.net.SelfSigned;
import io.sluice.net.TlsContexts;
import io.sluice.testkit.ApiClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The same routes over every HTTP version, by clients that are not ours. */
class HttpVersionsTest {
    private static final HttpRoutes ROUTES = new HttpRoutes()
            .add(
                    "GET",
                    "/version",
                    exchange -> exchange.respond(
                            200,
                            Http1Test.text(exchange.version() + " " + exchange.secure() + " "
                                    + exchange.headers().get("host"))))
            .add("POST", "/echo", exchange -> exchange.collectBody(4 << 20, body -> exchange.respond(200, body)))
            .add("POST", "/refuse", exchange -> exchange.collectBody(10, body -> exchange.respond(200, body)))
            .add("GET", "/stream", exchange -> {
                exchange.responseHeaders().set("connection", "close");
                var stream = exchange.stream(200);
                for (int i = 0; i < 1000; i++) {
                    Http1Test.send(stream, "line " + i + "\n");
                }
                stream.end(new DefaultHttpHeaders().set("x-sum", "1000"));
            });

    private static TestServer clear() {
        return new TestServer(ROUTES);
    }

    private static TestServer server(EventLoops.Kernel kernel, @Nullable SslContext tls) {
        return new TestServer(ROUTES, new HttpSettings(), kernel, Clock.SYSTEM, tls);
    }

    private static HttpResponse<String> get(HttpClient client, String uri) throws Exception {
        return client.send(ApiClient.requestTo(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
    }

    static String curl(String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(List.of("curl", "--silent", "--show-error", "--max-time", "20"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException missing) {
            throw new AssertionError("this test needs curl: apt-get install curl", missing);
        }
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private static String expectedLines() {
        var lines = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            lines.append("line ").append(i).append('\n');
        }
        return lines.toString();
    }

    @Test
    void servesTheJdkClientOverHttp11() throws Exception {
        try (var server = clear();
                var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            var version = get(client, "http://127.0.0.1:" + server.port() + "/version");
            var stream = get(client, "http://127.0.0.1:" + server.port() + "/stream");

            assertThat(version.body()).isEqualTo("HTTP/1.1 false 127.0.0.1:" + server.port());
            assertThat(stream.body()).isEqualTo(expectedLines());
        }
    }

    @Test
    void upgradesTheJdkClientToHttp2AndStaysThere() throws Exception {
        try (var server = clear();
                var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .build()) {
            var uri = "http://127.0.0.1:" + server.port();
            var first = get(client, uri + "/version");
            var stream = get(client, uri + "/stream");
            var body = "x".repeat(1_000_000);
            var echo = client.send(
                    ApiClient.requestTo(URI.create(uri + "/echo"))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(first.body()).startsWith("HTTP/2 false 127.0.0.1");
            assertThat(stream.body()).isEqualTo(expectedLines());
            assertThat(stream.headers().firstValue("connection")).isEmpty();
            assertThat(stream.headers().firstValue("x-request-id")).isPresent();
            assertThat(echo.body()).isEqualTo(body);
        }
    }

    @Test
    void refusesATooLongBodyOverHttp2() throws Exception {
        try (var server = clear();
                var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .build()) {
            var uri = "http://127.0.0.1:" + server.port();
            get(client, uri + "/version");
            var refused = client.send(
                    ApiClient.requestTo(URI.create(uri + "/refuse"))
                            .POST(HttpRequest.BodyPublishers.ofString("x".repeat(100)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(refused.statusCode()).isEqualTo(413);
            assertThat(refused.body()).contains("urn:sluice:problem:too-large");
        }
    }

    @Test
    void refusesTooLargeHeadersOverHttp2AndServesTheNextRequest() throws Exception {
        try (var server = clear();
                var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_2)
                        .build()) {
            var uri = "http://127.0.0.1:" + server.port();
            get(client, uri + "/version");
            var refused = client.send(
                    ApiClient.requestTo(URI.create(uri + "/version"))
                            .header("a", "b".repeat(50_000))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(refused.statusCode()).isEqualTo(431);
            assertThat(get(client, uri + "/version").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void servesCurlByPriorKnowledgeAndByUpgrade() throws Exception {
        try (var server = clear()) {
            var uri = "http://127.0.0.1:" + server.port();
            var prior = curl("--http2-prior-knowledge", "-w", " %{http_version}", uri + "/version");
            var upgraded = curl("--http2", "-w", " %{http_version}", uri + "/version");
            var echoed = curl("--http2-prior-knowledge", "--data-binary", "abc", uri + "/echo");
            var trailers = curl(
                    "--http2-prior-knowledge",
                    "-D",
                    "-",
                    "-o",
                    Files.createTempFile("body", "").toString(),
                    uri + "/stream");

            assertThat(prior).isEqualTo("HTTP/2 false 127.0.0.1:" + server.port() + " 2");
            assertThat(upgraded).isEqualTo("HTTP/2 false 127.0.0.1:" + server.port() + " 2");
            assertThat(echoed).isEqualTo("abc");
            assertThat(trailers)
                    .startsWith("HTTP/2 200")
                    .contains("x-sum: 1000")
                    .doesNotContain("connection:");
        }
    }

    @Test
    void choosesTheVersionByAlpnOverTls() throws Exception {
        var certificate = SelfSigned.of(List.of("localhost", "127.0.0.1"), Clock.SYSTEM);
        var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("sluice", certificate.certificate());
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);

        try (var server = server(EventLoops.Kernel.AUTO, certificate.context());
                var second = HttpClient.newBuilder().sslContext(tls).build();
                var first = HttpClient.newBuilder()
                        .sslContext(tls)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            var uri = "https://localhost:" + server.port();
            var http2 = get(second, uri + "/version");
            var http1 = get(first, uri + "/version");
            var stream1 = get(first, uri + "/stream");
            var stream2 = get(second, uri + "/stream");

            assertThat(http2.body()).isEqualTo("HTTP/2 true localhost:" + server.port());
            assertThat(http1.body()).isEqualTo("HTTP/1.1 true localhost:" + server.port());
            assertThat(http2.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(stream1.body()).isEqualTo(expectedLines());
            assertThat(stream2.body()).isEqualTo(expectedLines());
        }
    }

    @Test
    void servesPemFiles() throws Exception {
        var certificate = SelfSigned.of(List.of("localhost"), Clock.SYSTEM);
        var folder = Files.createTempDirectory("tls");
        certificate.write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        var context = TlsContexts.fromFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"));

        try (var server = server(EventLoops.Kernel.AUTO, context)) {
            var answer = curl(
                    "--cacert",
                    folder.resolve("cert.pem").toString(),
                    "https://localhost:" + server.port() + "/version");

            assertThat(answer).isEqualTo("HTTP/2 true localhost:" + server.port());
        }
    }

    @Test
    void servesTheSameOnEveryKernelInterface() throws Exception {
        for (var kernel : List.of(EventLoops.Kernel.NIO, EventLoops.Kernel.EPOLL, EventLoops.Kernel.IO_URING)) {
            try (var server = server(kernel, null)) {
                var uri = "http://127.0.0.1:" + server.port();

                assertThat(curl("--http1.1", uri + "/stream")).as("%s", kernel).isEqualTo(expectedLines());
                assertThat(curl("--http2-prior-knowledge", uri + "/stream"))
                        .as("%s", kernel)
                        .isEqualTo(expectedLines());
            }
        }
    }
}
