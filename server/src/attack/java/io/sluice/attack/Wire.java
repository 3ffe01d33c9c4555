package io.sluice.attack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A socket that sends anything, from an address of its own: 127.0.0.2, so that limits by address meet attackers and not those
 * who are served from 127.0.0.1. Every wait for the server ends after {@value #PATIENCE_MILLIS} ms. Not
 * thread-safe.
 */
final class Wire implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket = new Socket();

    Wire(int port) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setReceiveBufferSize(16 << 10);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Reads and drops until the server ends the connection. */
    void awaitEnd() throws IOException {
        var in = socket.getInputStream();
        while (in.skip(64 << 10) > 0 || in.read() >= 0) {
            // until the end
        }
    }

    /** Reads up to and including an empty line. */
    String readHead() throws IOException {
        var head = new ByteArrayOutputStream();
        var in = socket.getInputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended within a head");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Sends {@code bytes} one at a time, {@code pauseMillis} apart, until all are sent or the server has answered. */
    void trickle(String bytes, int pauseMillis) throws IOException {
        socket.setSoTimeout(pauseMillis);
        for (byte b : bytes.getBytes(StandardCharsets.ISO_8859_1)) {
            send(new byte[] {b});
            try {
                if (socket.getInputStream().read() >= -1) {
                    return;
                }
            } catch (java.net.SocketTimeoutException quiet) {
                // The pause.
            }
        }
    }

    /** Ends the sending direction; the server may still answer. */
    Wire endSending() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Keeps the connection open without reading until the server ends it or time is up. */
    void hold(int millis) throws IOException {
        long until = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() < until) {
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000L);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
