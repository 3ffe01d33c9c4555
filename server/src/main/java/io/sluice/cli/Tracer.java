package io.sluice.cli;

import io.sluice.cli.Trace.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Asks for one URL over HTTP/1.1 on a connection of its own, with a clock in its hand. A library would hide the steps. */
final class Tracer {
    private static final int MAX_HEAD = 64 << 10;
    private static final long MAX_BODY = 1L << 30;

    private final URI url;
    private final boolean tls;
    private final int port;
    private final @Nullable SSLContext trust;
    private final Duration timeout;

    /** @param trust null for what the system trusts */
    Tracer(URI url, @Nullable SSLContext trust, Duration timeout) {
        tls = "https".equalsIgnoreCase(url.getScheme());
        if (url.getHost() == null || !(tls || "http".equalsIgnoreCase(url.getScheme()))) {
            throw new CommandFailed("the URL must look like https://example.org/path, not " + url);
        }
        this.url = url;
        this.port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
        this.trust = trust;
        this.timeout = timeout;
    }

    /** One request, start to end. */
    Trace once() throws IOException {
        var watch = new Watch(timeout);
        var address = address();
        watch.lap(Phase.DNS);
        try (var plain = new Socket()) {
            plain.setTcpNoDelay(true);
            plain.connect(new InetSocketAddress(address, port), watch.leftMillis());
            watch.lap(Phase.TCP);
            plain.setSoTimeout(watch.leftMillis());
            var protocol = "";
            var socket = plain;
            if (tls) {
                var secured = secure(plain);
                protocol = secured.getSession().getProtocol();
                socket = secured;
                watch.lap(Phase.TLS);
            }
            socket.getOutputStream().write(request().getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            watch.lap(Phase.REQUEST);
            var answer = new Answer(socket, watch);
            answer.read();
            watch.lap(Phase.TRANSFER);
            return new Trace(watch.laps, answer.status, answer.body, address.getHostAddress() + ":" + port, protocol);
        } catch (SocketTimeoutException late) {
            throw new IOException("it was not over after " + timeout.toSeconds() + " s", late);
        }
    }

    private InetAddress address() throws IOException {
        try {
            var host = url.getHost();
            return InetAddress.getByName(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
        } catch (UnknownHostException unknown) {
            throw new IOException("there is no address for " + url.getHost(), unknown);
        }
    }

    private SSLSocket secure(Socket plain) throws IOException {
        var factory = trust == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : trust.getSocketFactory();
        var socket = (SSLSocket) factory.createSocket(plain, url.getHost(), port, true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private String request() {
        var path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        var authority = url.getPort() >= 0 ? url.getHost() + ":" + port : url.getHost();
        return "GET " + path + query + " HTTP/1.1\r\nHost: " + authority
                + "\r\nUser-Agent: sluice-trace\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    }

    /** The clock, which also knows how long is left. */
    private static final class Watch {
        private final Map<Phase, Long> laps = new EnumMap<>(Phase.class);
        private final long deadline;
        private long since = System.nanoTime();

        Watch(Duration timeout) {
            deadline = since + timeout.toNanos();
        }

        void lap(Phase phase) {
            long now = System.nanoTime();
            laps.merge(phase, now - since, Long::sum);
            since = now;
        }

        int leftMillis() throws SocketTimeoutException {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left < 1) {
                throw new SocketTimeoutException("too late");
            }
            return (int) left;
        }
    }

    /** The answer (RFC 9112 section 6): its status, and how long its body is, up to the end that the head announces. */
    private static final class Answer {
        private final Socket socket;
        private final Watch watch;
        private final InputStream in;
        private int status;
        private long body;

        Answer(Socket socket, Watch watch) throws IOException {
            this.socket = socket;
            this.watch = watch;
            this.in = new java.io.BufferedInputStream(socket.getInputStream(), 16 << 10);
        }

        void read() throws IOException {
            var first = line();
            if (!first.matches("HTTP/1\\.[01] [1-5]\\d\\d.*")) {
                throw new IOException("the answer is not HTTP/1.1");
            }
            status = Integer.parseInt(first.substring(9, 12));
            long length = -1;
            boolean chunked = false;
            for (var line = line(); !line.isEmpty(); line = line()) {
                var field = line.toLowerCase(Locale.ROOT);
                if (field.startsWith("content-length:")) {
                    length = number(field.substring(15).strip(), 10);
                } else if (field.startsWith("transfer-encoding:")) {
                    chunked = field.endsWith("chunked");
                }
            }
            if (status == 204 || status == 304 || length == 0) {
                return;
            }
            if (chunked) {
                readChunks();
            } else {
                skip(length < 0 ? MAX_BODY : length, length >= 0);
            }
        }

        private void readChunks() throws IOException {
            long size = -1;
            while (size != 0) {
                size = number(line().split(";", 2)[0].strip(), 16);
                skip(size, true);
                line();
            }
        }

        private void skip(long most, boolean exactly) throws IOException {
            var buffer = new byte[16 << 10];
            long left = most;
            while (left > 0) {
                socket.setSoTimeout(watch.leftMillis());
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0 && exactly) {
                    throw new IOException("the answer was cut off");
                }
                if (read < 0) {
                    return;
                }
                body += read;
                left -= read;
            }
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            while (line.length() < MAX_HEAD) {
                socket.setSoTimeout(watch.leftMillis());
                int c = in.read();
                if (!watch.laps.containsKey(Phase.SERVER)) {
                    watch.lap(Phase.SERVER);
                }
                if (c < 0) {
                    throw new IOException("the connection was closed without an answer");
                }
                if (c == '\n') {
                    return line.toString().stripTrailing();
                }
                line.append((char) c);
            }
            throw new IOException("the head of the answer has no end");
        }

        private static long number(String text, int radix) throws IOException {
            try {
                return Long.parseUnsignedLong(text, radix) & Long.MAX_VALUE;
            } catch (NumberFormatException other) {
                throw new IOException("the length of the answer is not a number");
            }
        }
    }
}
