package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.client.LinkInbox.Item;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client's WebSocket against a peer that says, byte by byte, what the test wants. */
class WebSocketConnectionTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final LinkInbox inbox = new LinkInbox();
    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    private ServerSocket listener;
    private HttpClient http;

    /** What the peer does with one connection. */
    private interface Peer {
        void serve(Socket socket) throws Exception;
    }

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        http = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() throws IOException {
        listener.close();
        http.shutdownNow();
    }

    @Test
    void anEndThatFollowsAMessageAtOnceIsToldEveryTime() throws Exception {
        peer(socket -> {
            upgrade(socket);
            socket.getOutputStream().write(frame(0x81, "hi"));
        });

        for (int i = 0; i < 200; i++) {
            open("http");

            assertThat(inbox.take(SOON)).isEqualTo(new Item.Text("hi"));
            assertThat(end().code()).isEqualTo(ProblemCode.CONNECTION_LOST);
        }
    }

    @Test
    void anEndIsToldWhileMessagesWaitForTheLink() throws Exception {
        peer(socket -> {
            upgrade(socket);
            for (int i = 0; i < 30; i++) {
                socket.getOutputStream().write(frame(0x81, String.valueOf(i)));
            }
        });
        var connection = open("http");

        var texts = new ArrayList<String>();
        Item item = inbox.take(SOON);
        while (item instanceof Item.Text(var text)) {
            texts.add(text);
            connection.taken();
            item = inbox.take(SOON);
        }

        assertThat(texts).hasSize(30).startsWith("0", "1").endsWith("29");
        assertThat(item).isInstanceOf(Item.Ended.class);
    }

    @Test
    void aMessageInFragmentsIsPutTogetherAndAPingBetweenThemIsAnswered() throws Exception {
        var answers = new LinkedBlockingQueue<String>();
        peer(socket -> {
            upgrade(socket);
            var output = socket.getOutputStream();
            output.write(frame(0x01, "caf\u00c3"));
            output.write(frame(0x89, "are you there"));
            output.write(frame(0x80, "\u00a9"));
            answers.add(unmasked(socket.getInputStream()));
            answers.add(unmasked(socket.getInputStream()));
        });

        var connection = open("http");
        connection.sendText("x".repeat(70_000));

        assertThat(inbox.take(SOON)).isInstanceOf(Item.Heard.class);
        assertThat(inbox.take(SOON)).isEqualTo(new Item.Text("caf\u00e9"));
        assertThat(List.of(answers.take(), answers.take()))
                .containsExactlyInAnyOrder("138 are you there", "129 " + "x".repeat(70_000));
    }

    @Test
    void whateverBreaksTheProtocolIsAnsweredWithTheCodeForIt() throws Exception {
        assertThat(codeFor(frame(0x82, "binary"))).isEqualTo(1003);
        assertThat(codeFor(frame(0x80, "goes on with nothing"))).isEqualTo(1002);
        assertThat(codeFor(frame(0x81 | 0x40, "compressed"))).isEqualTo(1002);
        assertThat(codeFor(frame(0x09, "a ping in fragments"))).isEqualTo(1002);
        assertThat(codeFor(new byte[] {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 'x'}))
                .isEqualTo(1002);
        assertThat(codeFor(new byte[] {(byte) 0x89, 126, 0, 126})).isEqualTo(1002);
        assertThat(codeFor(frame(0x81, "\u00ff"))).isEqualTo(1007);
        assertThat(codeFor(new byte[] {(byte) 0x81, 127, 0, 0, 0, 0, 0x7f, 0, 0, 0}))
                .isEqualTo(1009);
        assertThat(codeFor(new byte[] {(byte) 0x81, 127, -1, 0, 0, 0, 0, 0, 0, 0}))
                .isEqualTo(1009);
    }

    @Test
    void aCloseOfTheServerIsAnsweredAndSaysWhy() throws Exception {
        var answers = new LinkedBlockingQueue<String>();
        peer(socket -> {
            upgrade(socket);
            socket.getOutputStream().write(frame(0x88, "\u0011\u0097draining"));
            answers.add(unmasked(socket.getInputStream()));
        });

        open("http");

        assertThat(end().code()).isEqualTo(ProblemCode.DRAINING);
        assertThat(answers.take()).isEqualTo("136 \u0011\u0097draining");
    }

    @Test
    void aRefusalSaysWhyAndWhen() throws Exception {
        peer(socket -> {
            head(socket.getInputStream());
            socket.getOutputStream()
                    .write(
                            ("HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/problem+json\r\nRetry-After: 7\r\n"
                                            + "Content-Length: 52\r\n\r\n"
                                            + "{\"type\":\"urn:sluice:problem:too-many-connections\"}  ")
                                    .getBytes(StandardCharsets.US_ASCII));
        });

        assertThatThrownBy(() -> open("http")).isInstanceOfSatisfying(LinkBroken.class, broken -> {
            assertThat(broken.blame()).isEqualTo(LinkBroken.Blame.SERVER);
            assertThat(broken.reason().code()).isEqualTo(ProblemCode.TOO_MANY_CONNECTIONS);
            assertThat(broken.retryAfter()).contains(Duration.ofSeconds(7));
        });
    }

    @Test
    void whatIsNoWebSocketIsTheFaultOfTheTransport() throws Exception {
        var answers = List.of(
                "HTTP/1.1 200 OK\r\n\r\n<html>",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Protocol: sluice.v1.json\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
                "SSH-2.0-something\r\n\r\n",
                "HTTP/1.1 503 Busy\r\nContent-Type: application/problem+json\r\nContent-Length: many\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\n : of nothing\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: " + "x".repeat(70_000),
                "");
        for (var answer : answers) {
            try (var other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
                serve(other, socket -> {
                    head(socket.getInputStream());
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                });

                assertThatThrownBy(() -> WebSocketConnection.open(endpoint("http", other), inbox, Optional.empty()))
                        .as(answer)
                        .isInstanceOfSatisfying(LinkBroken.class, broken -> {
                            assertThat(broken.blame()).isEqualTo(LinkBroken.Blame.TRANSPORT);
                            assertThat(broken).hasMessageNotContaining("within");
                        });
            }
        }
    }

    @Test
    void whatTheApplicationsCookieHandlerThrowsEndsTheAttempt() {
        http = HttpClient.newBuilder()
                .cookieHandler(new CookieManager() {
                    @Override
                    public void put(URI uri, Map<String, List<String>> fields) {
                        throw new IllegalStateException("no room for cookies");
                    }
                })
                .build();
        peer(this::upgrade);

        assertThatThrownBy(() -> open("http"))
                .isInstanceOf(LinkBroken.class)
                .hasMessageContaining("no room for cookies");
    }

    @Test
    void nobodyThereIsTheFaultOfTheServer() throws IOException {
        listener.close();

        assertThatThrownBy(() -> open("http")).isInstanceOfSatisfying(LinkBroken.class, broken -> {
            assertThat(broken.blame()).isEqualTo(LinkBroken.Blame.SERVER);
            assertThat(broken.reason().code()).isEqualTo(ProblemCode.UNREACHABLE);
        });
    }

    @Test
    void aPeerThatNeverAnswersTheHandshakeIsLeftAfterTheTimeout() {
        peer(socket -> socket.getInputStream().readAllBytes());
        var options = options(Duration.ofMillis(200));

        assertThatThrownBy(() -> WebSocketConnection.open(
                        new Endpoint(uri("http", listener), http, options), inbox, Optional.empty()))
                .isInstanceOfSatisfying(
                        LinkBroken.class, broken -> assertThat(broken.blame()).isEqualTo(LinkBroken.Blame.TRANSPORT));
    }

    @Test
    void tokensAndCookiesGoAlongAndNewCookiesAreKept() throws Exception {
        var cookies = new CookieManager();
        http = HttpClient.newBuilder().cookieHandler(cookies).build();
        peer(socket -> upgrade(socket, "Set-Cookie: node=b\r\n"));

        WebSocketConnection.open(endpoint("http", listener), inbox, Optional.of("secret"));
        WebSocketConnection.open(endpoint("http", listener), inbox, Optional.of("secret"));

        assertThat(heads.take()).contains("Authorization: Bearer secret").doesNotContain("Cookie");
        assertThat(heads.take()).contains("Cookie: node=b");
    }

    @Test
    void aTokenWithALineBreakNeverReachesTheWire() {
        peer(WebSocketConnectionTest.this::upgrade);

        assertThatThrownBy(() ->
                        WebSocketConnection.open(endpoint("http", listener), inbox, Optional.of("a\r\nX-Injected: 1")))
                .isInstanceOf(LinkBroken.class);
        assertThat(heads).isEmpty();
    }

    @Test
    void aProxyOfTheHttpClientIsAskedForATunnel() throws Exception {
        var asked = new LinkedBlockingQueue<String>();
        try (var proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            serve(proxy, socket -> {
                asked.add(head(socket.getInputStream()));
                socket.getOutputStream().write("HTTP/1.1 200 Established\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                upgrade(socket);
                socket.getOutputStream().write(frame(0x81, "through"));
            });
            http = HttpClient.newBuilder()
                    .proxy(ProxySelector.of(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getLocalPort())))
                    .build();

            WebSocketConnection.open(
                    new Endpoint(URI.create("http://edge.invalid:8080"), http, options(SOON)), inbox, Optional.empty());

            assertThat(inbox.take(SOON)).isEqualTo(new Item.Text("through"));
            assertThat(asked.take()).startsWith("CONNECT edge.invalid:8080 HTTP/1.1\r\n");
        }
    }

    @Test
    void aProxyThatRefusesIsTheFaultOfTheTransport() throws Exception {
        peer(socket -> {
            head(socket.getInputStream());
            socket.getOutputStream()
                    .write("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        });
        http = HttpClient.newBuilder()
                .proxy(ProxySelector.of(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort())))
                .build();

        assertThatThrownBy(() -> WebSocketConnection.open(
                        new Endpoint(URI.create("http://edge.invalid"), http, options(SOON)), inbox, Optional.empty()))
                .isInstanceOfSatisfying(
                        LinkBroken.class, broken -> assertThat(broken.blame()).isEqualTo(LinkBroken.Blame.TRANSPORT));
    }

    private int codeFor(byte[] frame) throws Exception {
        var answers = new LinkedBlockingQueue<String>();
        try (var other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            serve(other, socket -> {
                upgrade(socket);
                socket.getOutputStream().write(frame);
                answers.add(unmasked(socket.getInputStream()));
            });

            WebSocketConnection.open(endpoint("http", other), inbox, Optional.empty());

            assertThat(end().code()).isEqualTo(ProblemCode.BAD_ANSWER);
            var close = answers.take();
            assertThat(close).startsWith("136 ").hasSize(6);
            return close.charAt(4) << 8 | close.charAt(5);
        }
    }

    private SluiceException end() throws InterruptedException {
        return ((Item.Ended) Objects.requireNonNull(inbox.take(SOON), "nothing was told")).why();
    }

    private WebSocketConnection open(String scheme) throws LinkBroken, InterruptedException {
        return WebSocketConnection.open(endpoint(scheme, listener), inbox, Optional.empty());
    }

    private Endpoint endpoint(String scheme, ServerSocket at) {
        return new Endpoint(uri(scheme, at), http, options(SOON));
    }

    private static URI uri(String scheme, ServerSocket at) {
        return URI.create(scheme + "://127.0.0.1:" + at.getLocalPort());
    }

    private static ClientOptions options(Duration timeout) {
        return SluiceClient.at("http://127.0.0.1").timeout(timeout).options();
    }

    private void peer(Peer peer) {
        serve(listener, peer);
    }

    /** Serves connections one after the other, each closed when the peer is done with it. */
    private static void serve(ServerSocket listener, Peer peer) {
        Thread.ofVirtual().start(() -> {
            while (!listener.isClosed()) {
                try (var socket = listener.accept()) {
                    peer.serve(socket);
                } catch (Exception gone) {
                    // The client has seen what the test is about.
                }
            }
        });
    }

    private void upgrade(Socket socket) throws Exception {
        upgrade(socket, "");
    }

    private void upgrade(Socket socket, String more) throws Exception {
        var head = head(socket.getInputStream());
        heads.add(head);
        var key = Pattern.compile("Sec-WebSocket-Key: (\\S+)").matcher(head);
        assertThat(key.find()).isTrue();
        var digest = MessageDigest.getInstance("SHA-1")
                .digest((key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream()
                .write(("HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nconnection: upgrade\r\n" + more
                                + "sec-websocket-protocol: sluice.v1.json\r\nSec-WebSocket-Accept: "
                                + Base64.getEncoder().encodeToString(digest) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static String head(InputStream input) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = input.read();
            if (next < 0) {
                throw new IOException("no head");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    /** An unmasked frame whose payload is {@code latin1}, one byte per character. */
    private static byte[] frame(int first, String latin1) throws IOException {
        var payload = latin1.getBytes(StandardCharsets.ISO_8859_1);
        OutputStream frame = new ByteArrayOutputStream();
        frame.write(first);
        frame.write(payload.length);
        frame.write(payload);
        return ((ByteArrayOutputStream) frame).toByteArray();
    }

    /** The next frame of the client: its first byte and what it holds. */
    private static String unmasked(InputStream from) throws IOException {
        var input = new DataInputStream(from);
        int first = input.readUnsignedByte();
        int length = input.readUnsignedByte();
        assertThat(length & 0x80).as("masked").isEqualTo(0x80);
        length &= 0x7f;
        length = length == 126 ? input.readUnsignedShort() : length == 127 ? (int) input.readLong() : length;
        var mask = input.readNBytes(4);
        var payload = input.readNBytes(length);
        for (int i = 0; i < length; i++) {
            payload[i] ^= mask[i & 3];
        }
        return first + " " + new String(payload, StandardCharsets.ISO_8859_1);
    }
}
