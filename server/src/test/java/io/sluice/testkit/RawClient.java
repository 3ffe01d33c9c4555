package io.sluice.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A blocking TCP client for wire text and malformed input. Text is ISO 8859-1, one character per byte. Every wait has a
 * deadline, after which it fails with what had come until then. Not thread-safe.
 */
public final class RawClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Socket socket;
    /** What was read and not yet returned. */
    private final StringBuilder ahead = new StringBuilder();

    private RawClient(Socket socket) {
        this.socket = socket;
    }

    /** Connects to a port of this machine. */
    public static RawClient connect(int port) {
        return connect(port, 0);
    }

    /** The same with a receive buffer of {@code receiveBuffer} bytes, so that a stalled reader is noticed soon; 0: the default. */
    public static RawClient connect(int port, int receiveBuffer) {
        try {
            var socket = new Socket();
            socket.setTcpNoDelay(true);
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
            return new RawClient(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether the server ends a new connection before anything is sent on it, and says nothing. Its reset may come before the
     * kernel has told us that we are connected.
     */
    public static boolean isCut(int port) {
        try (var client = connect(port)) {
            return client.readToEnd().isEmpty();
        } catch (UncheckedIOException reset) {
            return reset.getCause() instanceof SocketException && !(reset.getCause() instanceof ConnectException);
        }
    }

    public RawClient send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends every byte in a segment of its own, as far as the kernel lets it. */
    public RawClient sendOneByOne(String text) {
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            send(new byte[] {b});
        }
        return this;
    }

    /** Ends our direction; the peer's stays open. */
    public RawClient endOutput() {
        try {
            socket.shutdownOutput();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the connection at once, with a reset. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything up to and including {@code mark}. */
    public String readUntil(String mark) {
        int end;
        while ((end = ahead.indexOf(mark)) < 0) {
            if (!fill()) {
                throw new ReaderEnded("", "the connection ended before <" + mark + ">: <" + ahead + ">");
            }
        }
        return take(end + mark.length());
    }

    /** Exactly {@code length} bytes. */
    public String read(int length) {
        while (ahead.length() < length) {
            if (!fill()) {
                throw new ReaderEnded("", "the connection ended before " + length + " bytes: <" + ahead + ">");
            }
        }
        return take(length);
    }

    /** Exactly {@code length} bytes, as bytes. */
    public byte[] readBytes(int length) {
        return read(length).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Everything until the peer closes; a reset counts as a close. */
    public String readToEnd() {
        while (fill()) {
            // until the end
        }
        return take(ahead.length());
    }

    /** One HTTP/1.1 response: its head and a body by content-length or in chunks, which stay as they came. */
    public String readResponse() {
        var head = readUntil("\r\n\r\n");
        var lower = head.toLowerCase(java.util.Locale.ROOT);
        int length = lower.indexOf("\r\ncontent-length: ");
        if (length >= 0) {
            int from = length + 18;
            return head + read(Integer.parseInt(lower.substring(from, lower.indexOf('\r', from))));
        }
        return lower.contains("\r\ntransfer-encoding: chunked\r\n") ? head + readUntil("0\r\n\r\n") : head;
    }

    private String take(int length) {
        var text = ahead.substring(0, length);
        ahead.delete(0, length);
        return text;
    }

    private boolean fill() {
        try {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            var some = new byte[65536];
            int length = socket.getInputStream().read(some);
            if (length < 0) {
                return false;
            }
            ahead.append(new String(some, 0, length, StandardCharsets.ISO_8859_1));
            return true;
        } catch (SocketTimeoutException tooLong) {
            throw new AssertionError("nothing came for " + PATIENCE + " after <" + ahead + ">", tooLong);
        } catch (IOException reset) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
