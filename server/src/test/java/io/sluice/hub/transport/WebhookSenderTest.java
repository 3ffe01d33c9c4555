package io.sluice.hub.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.ConfigReader;
import io.sluice.config.Network;
import io.sluice.config.Secret;
import io.sluice.config.WebhooksConfig;
import io.sluice.hub.transport.WebhookSender.Failure;
import io.sluice.hub.transport.WebhookSender.Result;
import io.sluice.net.Clock;
import io.sluice.net.SelfSigned;
import io.sluice.testkit.Endpoint;
import io.sluice.testkit.Endpoint.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one attempt makes of endpoints that misbehave, over real sockets. */
final class WebhookSenderTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void aNameIsCalledAtTheAddressThatWasCheckedWithTheNameAsHost() {
        try (var endpoint = new Endpoint();
                var world = new World(host -> new InetAddress[] {LOOPBACK}, "127.0.0.0/8")) {
            var result = world.post("http://endpoint.example:" + endpoint.port() + "/x");

            assertThat(result).isEqualTo(new Result.Answered(200, null));
            assertThat(endpoint.next().headers()).containsEntry("host", "endpoint.example:" + endpoint.port());
        }
    }

    @Test
    void aNameThatRebindsToAPrivateAddressIsRefusedWithItsNextConnection() {
        var asked = new AtomicInteger();
        WebhookTargets.Lookup rebinding =
                host -> new InetAddress[] {asked.getAndIncrement() == 0 ? LOOPBACK : InetAddress.ofLiteral("10.0.0.1")};

        try (var endpoint = new Endpoint().otherwise(new Answer(200, "connection", "close"));
                var world = new World(rebinding, "127.0.0.0/8")) {
            var url = "http://rebinds.example:" + endpoint.port() + "/";

            assertThat(world.post(url)).isEqualTo(new Result.Answered(200, null));
            assertThat(asked).hasValue(1);
            assertThat(world.post(url)).isEqualTo(new Result.Failed(Failure.ADDRESS_REFUSED));
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void loopbackIsRefusedWhereItIsNotAllowed() {
        try (var endpoint = new Endpoint();
                var world = new World(InetAddress::getAllByName)) {
            assertThat(world.post(endpoint.url("/"))).isEqualTo(new Result.Failed(Failure.ADDRESS_REFUSED));
            assertThat(world.post(endpoint.url("/").replace("127.0.0.1", "localhost")))
                    .isEqualTo(new Result.Failed(Failure.ADDRESS_REFUSED));
            assertThat(world.post("http://[::ffff:7f00:1]:" + endpoint.port()))
                    .isEqualTo(new Result.Failed(Failure.ADDRESS_REFUSED));
            assertThat(endpoint.waiting()).isZero();
        }
    }

    @Test
    void aRedirectIsNotFollowed() {
        try (var endpoint = new Endpoint();
                var world = world()) {
            endpoint.answers(new Answer(307, "location", endpoint.url("/elsewhere")));

            assertThat(world.post(endpoint.url("/here"))).isEqualTo(new Result.Answered(307, null));
            assertThat(endpoint.next().path()).isEqualTo("/here");
            assertThat(endpoint.waiting()).isZero();
        }
    }

    @Test
    void retryAfterIsReadAsSecondsAndAsADateAndNotAsAnythingElse() {
        try (var endpoint = new Endpoint();
                var world = world()) {
            endpoint.answers(
                    new Answer(503, "retry-after", "17"),
                    new Answer(503, "retry-after", "Thu, 01 Jan 1970 00:00:00 GMT"),
                    new Answer(503, "retry-after", "soon"));

            assertThat(world.post(endpoint.url("/"))).isEqualTo(new Result.Answered(503, Duration.ofSeconds(17)));
            assertThat(world.post(endpoint.url("/"))).isEqualTo(new Result.Answered(503, Duration.ZERO));
            assertThat(world.post(endpoint.url("/"))).isEqualTo(new Result.Answered(503, null));
        }
    }

    @Test
    void anEndpointThatNeverAnswersIsCutOff() throws Exception {
        try (var peer = new Peer((socket, held) -> held.hold());
                var world = world()) {
            assertThat(world.postAndCancel(peer)).isEqualTo(new Result.Failed(Failure.TIMEOUT));
        }
    }

    @Test
    void anEndpointThatDripsItsHeadIsCutOff() throws Exception {
        try (var peer = new Peer((socket, held) -> {
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\nx-slow: ".getBytes(StandardCharsets.US_ASCII));
                    held.hold();
                });
                var world = world()) {
            assertThat(world.postAndCancel(peer)).isEqualTo(new Result.Failed(Failure.TIMEOUT));
        }
    }

    @Test
    void anAnswerCountsThoughItsBodyNeverEnds() throws Exception {
        try (var peer = new Peer((socket, held) -> {
                    write(socket, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx");
                    held.hold();
                });
                var world = new World("2s")) {
            assertThat(world.post(peer.url())).isEqualTo(new Result.Answered(200, null));
        }
    }

    @Test
    void ofAHugeBodyLittleIsRead() throws Exception {
        var written = new CompletableFuture<Integer>();
        try (var peer = new Peer((socket, held) -> {
                    write(socket, "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n");
                    int megabytes = 0;
                    try {
                        while (megabytes < 100) {
                            socket.getOutputStream().write(new byte[1 << 20]);
                            megabytes++;
                        }
                    } catch (IOException cutOff) {
                        // What is expected.
                    }
                    written.complete(megabytes);
                });
                var world = world()) {
            assertThat(world.post(peer.url())).isEqualTo(new Result.Answered(200, null));
            assertThat(written.get(20, TimeUnit.SECONDS)).isLessThan(50);
        }
    }

    @Test
    void garbageOfEveryKindIsABrokenAnswer() throws Exception {
        for (var garbage : List.of(
                "",
                "SSH-2.0-OpenSSH_9.9\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nx: " + "y".repeat(20_000) + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(2_000) + "\r\n")) {
            try (var peer = new Peer((socket, held) -> write(socket, garbage));
                    var world = world()) {
                assertThat(world.post(peer.url())).as(garbage).isEqualTo(new Result.Failed(Failure.BROKEN));
            }
        }
    }

    @Test
    void aResetIsABrokenAnswer() throws Exception {
        try (var peer = new Peer((socket, held) -> socket.setSoLinger(true, 0));
                var world = world()) {
            assertThat(world.post(peer.url())).isEqualTo(new Result.Failed(Failure.BROKEN));
        }
    }

    @Test
    void nobodyThereIsUnreachable() throws Exception {
        int port;
        try (var taken = new ServerSocket(0, 1, LOOPBACK)) {
            port = taken.getLocalPort();
        }
        try (var world = world()) {
            assertThat(world.post("http://127.0.0.1:" + port + "/")).isEqualTo(new Result.Failed(Failure.UNREACHABLE));
        }
    }

    @Test
    void aNameThatDoesNotExistIsAFailureOfDns() {
        try (var world = new World(
                host -> {
                    throw new java.net.UnknownHostException(host);
                },
                "127.0.0.0/8")) {
            assertThat(world.post("http://nobody.example/")).isEqualTo(new Result.Failed(Failure.DNS));
        }
    }

    @Test
    void aCertificateCountsForItsNameAndOnlyWhereItIsTrusted(@TempDir Path folder) throws Exception {
        var certificate = SelfSigned.of(List.of("endpoint.example"), Clock.SYSTEM);
        certificate.write(folder.resolve("ca.pem"), folder.resolve("key.pem"));
        WebhookTargets.Lookup loopback = host -> new InetAddress[] {LOOPBACK};

        try (var endpoint = new Endpoint(certificate);
                var untrusting = new World(loopback, "127.0.0.0/8");
                var trusting = new World(loopback, WebhookTrust.in(folder.resolve("ca.pem")), "127.0.0.0/8")) {
            var url = "https://endpoint.example:" + endpoint.port() + "/";

            assertThat(untrusting.post(url)).isEqualTo(new Result.Failed(Failure.TLS));
            assertThat(trusting.post(url.replace("endpoint", "other"))).isEqualTo(new Result.Failed(Failure.TLS));
            assertThat(endpoint.waiting()).isZero();
            assertThat(trusting.post(url)).isEqualTo(new Result.Answered(200, null));
            assertThat(endpoint.next().isSignedWith(Endpoint.SECRET)).isTrue();
        }
    }

    /** A world of one sender. */
    private static final class World implements AutoCloseable {
        private final WebhookTargets targets;
        private final WebhookSender sender;

        World(WebhookTargets.Lookup lookup, String... allowed) {
            this(lookup, null, allowed);
        }

        World(WebhookTargets.Lookup lookup, @Nullable SSLContext tls, String... allowed) {
            targets = new WebhookTargets(
                    List.of(allowed).stream().map(Network::new).toList(), lookup, 20_000);
            sender = new WebhookSender(waiting("30s"), targets, tls, Clock.SYSTEM);
        }

        /** One that waits only so long for each thing. */
        World(String timeout) {
            targets = new WebhookTargets(List.of(new Network("127.0.0.0/8")), InetAddress::getAllByName, 20_000);
            sender = new WebhookSender(waiting(timeout), targets, null, Clock.SYSTEM);
        }

        private static WebhooksConfig waiting(String timeout) {
            return ConfigReader.parse("webhooks: {timeout: " + timeout + "}\n", "test.yaml", Map.of())
                    .webhooks();
        }

        Result post(String url) {
            var result = new CompletableFuture<Result>();
            begin(url, result);
            return result.orTimeout(20, TimeUnit.SECONDS).join();
        }

        /** Waits until the request has come, then ends it as the timer of a webhook does. */
        Result postAndCancel(Peer peer) {
            var result = new CompletableFuture<Result>();
            var attempt = begin(peer.url(), result);
            peer.awaitRequest();
            attempt.cancel();
            return result.orTimeout(20, TimeUnit.SECONDS).join();
        }

        private WebhookCaller.Call begin(String url, CompletableFuture<Result> result) {
            var body = "{\"n\":1}".getBytes(StandardCharsets.UTF_8);
            var secrets = List.of(new Secret(Endpoint.SECRET));
            return sender.send(new WebhookSender.Request(URI.create(url), "msg_1", secrets, body), result::complete);
        }

        @Override
        public void close() {
            sender.close();
            targets.close();
        }
    }

    private static World world() {
        return new World(InetAddress::getAllByName, "127.0.0.0/8");
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    /** What a peer does once the head of a request has come. */
    private interface Behaviour {
        void play(Socket socket, Peer peer) throws IOException;
    }

    /** A socket that behaves as no HTTP server would. */
    private static final class Peer implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 5, LOOPBACK);
        private final CountDownLatch played = new CountDownLatch(1);
        private final CountDownLatch closing = new CountDownLatch(1);

        Peer(Behaviour behaviour) throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!listening.isClosed()) {
                    try (var socket = listening.accept()) {
                        readHead(socket);
                        behaviour.play(socket, this);
                    } catch (IOException closed) {
                        // The client went, or the test is over.
                    }
                }
            });
        }

        private static void readHead(Socket socket) throws IOException {
            var in = socket.getInputStream();
            int newlines = 0;
            for (int b = in.read(); b >= 0 && newlines < 2; b = newlines == 2 ? b : in.read()) {
                newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
            }
        }

        String url() {
            return "http://127.0.0.1:" + listening.getLocalPort() + "/";
        }

        /** Keeps the connection open, and lets the test know that nothing more will be written. */
        void hold() {
            played.countDown();
            try {
                closing.await();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }

        void awaitRequest() {
            try {
                assertThat(played.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() throws IOException {
            closing.countDown();
            listening.close();
        }
    }
}
