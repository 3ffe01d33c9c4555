package io.sluice.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Opens a WebSocket (RFC 6455 section 4): the connection, through a proxy and TLS where the application's {@link HttpClient} has
 * them, and the upgrade. Blocks; {@link #abort()} ends it from another thread. A proxy that asks for a password is not answered:
 * the other transports, which the HTTP client makes, may know it.
 */
final class WebSocketHandshake {
    static final String SUBPROTOCOL = "sluice.v1.json";

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int MAX_HEAD_BYTES = 64 << 10;
    private static final int MAX_PROBLEM_BYTES = 64 << 10;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final URI uri;
    private final HttpClient http;
    private final Duration timeout;
    private volatile Socket socket = new Socket();
    private volatile boolean aborted;

    /** @param uri as for a plain request, not with the scheme {@code ws} */
    WebSocketHandshake(URI uri, HttpClient http, Duration timeout) {
        this.uri = uri;
        this.http = http;
        this.timeout = timeout;
    }

    /** An open WebSocket: frames come from {@code input}, and go to the socket's output. */
    record Opened(Socket socket, InputStream input) {}

    Opened open(Optional<String> token) throws LinkBroken {
        try {
            connect();
            var input = new BufferedInputStream(socket.getInputStream(), 16 << 10);
            var key = key();
            send(request(key, token));
            var head = Head.read(input);
            http.cookieHandler().ifPresent(cookies -> keep(head, cookies));
            if (head.status != 101) {
                throw refused(head, input);
            }
            check(head, key);
            socket.setSoTimeout(0);
            return new Opened(socket, input);
        } catch (ConnectException away) {
            abort();
            throw LinkBroken.network(away);
        } catch (IOException broken) {
            abort();
            throw new LinkBroken(
                    LinkBroken.Blame.TRANSPORT,
                    new SluiceException(ProblemCode.CONNECTION_LOST, "no WebSocket: " + broken.getMessage(), broken));
        } catch (LinkBroken refused) {
            abort();
            throw refused;
        }
    }

    /** Closes the connection, whatever it is waiting for. */
    void abort() {
        aborted = true;
        close(socket);
    }

    private void connect() throws IOException, LinkBroken {
        boolean tls = uri.getScheme().equals("https");
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
        var proxy = proxy();
        try {
            if (proxy.type() == Proxy.Type.SOCKS) {
                take(new Socket(proxy));
            }
            socket.setTcpNoDelay(true);
            var through = proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address
                    ? new InetSocketAddress(address.getHostString(), address.getPort())
                    : new InetSocketAddress(uri.getHost(), port);
            socket.connect(through, Math.toIntExact(timeout.toMillis()));
        } catch (IOException nobody) {
            throw (IOException) new ConnectException("nothing answers at " + uri.getHost()).initCause(nobody);
        }
        socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
        if (proxy.type() == Proxy.Type.HTTP) {
            tunnel(port);
        }
        if (tls) {
            secure(port);
        }
    }

    private Proxy proxy() {
        var selector = http.proxy().orElseGet(ProxySelector::getDefault);
        var chosen = selector == null ? List.<Proxy>of() : selector.select(uri);
        return chosen.isEmpty() ? Proxy.NO_PROXY : chosen.getFirst();
    }

    /** RFC 9110 section 9.3.6. Not through a buffer: what follows the answer belongs to the tunnel. */
    private void tunnel(int port) throws IOException, LinkBroken {
        var authority = uri.getHost() + ":" + port;
        send("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
        int status = Head.read(socket.getInputStream()).status;
        if (status / 100 != 2) {
            throw new LinkBroken(
                    LinkBroken.Blame.TRANSPORT,
                    new SluiceException(ProblemCode.CONNECTION_LOST, "the proxy lets no tunnel through: " + status));
        }
    }

    private void secure(int port) throws IOException {
        var secure = (SSLSocket) http.sslContext().getSocketFactory().createSocket(socket, uri.getHost(), port, true);
        take(secure);
        SSLParameters parameters = http.sslParameters();
        if (parameters.getEndpointIdentificationAlgorithm() == null) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        secure.setSSLParameters(parameters);
        secure.startHandshake();
    }

    private void take(Socket next) throws IOException {
        socket = next;
        if (aborted) {
            close(next);
            throw new IOException("aborted");
        }
    }

    private String request(String key, Optional<String> token) throws IOException {
        var path = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        var host = uri.getHost() + (uri.getPort() > 0 ? ":" + uri.getPort() : "");
        var lines = new ArrayList<>(List.of(
                "GET " + path + " HTTP/1.1",
                "Host: " + host,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: " + key,
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Protocol: " + SUBPROTOCOL));
        token.ifPresent(known -> lines.add("Authorization: Bearer " + known));
        if (http.cookieHandler().isPresent()) {
            var cookies = http.cookieHandler().get().get(uri, Map.of()).getOrDefault("Cookie", List.of());
            if (!cookies.isEmpty()) {
                lines.add("Cookie: " + String.join("; ", cookies));
            }
        }
        for (var line : lines) {
            if (line.chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw new IOException("a header field of the handshake is not visible ASCII");
            }
        }
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    private void send(String head) throws IOException {
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private void keep(Head head, java.net.CookieHandler cookies) {
        try {
            cookies.put(uri, head.headers.map());
        } catch (IOException refused) {
            // Not kept then, as a browser would not.
        }
    }

    private static LinkBroken refused(Head head, InputStream input) throws IOException {
        boolean ours = Problems.isOurs(head.headers);
        var length = head.headers.firstValue("content-length").orElse("0");
        if (!length.matches("\\d{1,18}")) {
            throw new IOException("a content-length that is no number");
        }
        var body = ours && Long.parseLong(length) <= MAX_PROBLEM_BYTES
                ? new String(input.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8)
                : "";
        return LinkBroken.answered(head.status, ours, Problems.of(head.status, head.headers, body));
    }

    private static void check(Head head, String key) throws IOException {
        expect(head, "upgrade", "websocket");
        expect(head, "connection", "upgrade");
        expect(head, "sec-websocket-accept", accept(key));
        expect(head, "sec-websocket-protocol", SUBPROTOCOL);
        if (head.headers.firstValue("sec-websocket-extensions").isPresent()) {
            throw new IOException("an extension that was not asked for");
        }
    }

    private static void expect(Head head, String field, String value) throws IOException {
        if (head.headers.allValues(field).stream()
                .noneMatch(each -> each.strip().equalsIgnoreCase(value))) {
            throw new IOException("status 101 without " + field + ": " + value);
        }
    }

    private static String key() {
        var nonce = new byte[16];
        RANDOM.nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }

    private static String accept(String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-1", impossible);
        }
    }

    static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is closed either way.
        }
    }

    /** Status line and fields of an answer. */
    private record Head(int status, HttpHeaders headers) {
        static Head read(InputStream input) throws IOException {
            var text = new StringBuilder();
            while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
                int next = input.read();
                if (next < 0) {
                    throw new IOException("the connection ended in the handshake");
                }
                if (text.length() >= MAX_HEAD_BYTES) {
                    throw new IOException("the head of the answer has no end");
                }
                text.append((char) next);
            }
            var lines = text.toString().split("\r\n");
            if (!lines[0].matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
                throw new IOException("the answer is not HTTP/1.1");
            }
            var fields = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
            for (int i = 1; i < lines.length; i++) {
                int colon = lines[i].indexOf(':');
                if (colon < 0 || lines[i].substring(0, colon).isBlank()) {
                    throw new IOException("a malformed field in the head of the answer");
                }
                fields.computeIfAbsent(lines[i].substring(0, colon), name -> new ArrayList<>())
                        .add(lines[i].substring(colon + 1).strip());
            }
            return new Head(Integer.parseInt(lines[0].substring(9, 12)), HttpHeaders.of(fields, (name, value) -> true));
        }
    }
}
