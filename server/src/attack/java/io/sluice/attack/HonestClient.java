package io.sluice.attack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who only wants to be served: one connection that asks again and again, and one WebSocket that stays. Tells how long
 * each answer took, and what went wrong first. Closing it ends its threads.
 */
public final class HonestClient implements AutoCloseable {
    private static final long PAUSE_NANOS = 2_000_000L;

    private final byte[] request;
    private final Socket socket = new Socket();
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket webSocket;
    private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private final Thread asking;
    private volatile boolean closing;

    public HonestClient(int port) {
        this(port, "");
    }

    /** @param key the API key that it shows; "" for none */
    public HonestClient(int port, String key) {
        var authorization = "Bearer " + key;
        request = ("GET /v1/channels/honest HTTP/1.1\r\nHost: x\r\n"
                        + (key.isEmpty() ? "" : "Authorization: " + authorization + "\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(20_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException refused) {
            throw new IllegalStateException("an honest client was not let in", refused);
        }
        var handshake = http.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(20));
        webSocket = (key.isEmpty() ? handshake : handshake.header("Authorization", authorization))
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/v1/ws"), new Staying())
                .join();
        asking = Thread.ofPlatform().name("honest").daemon().start(this::ask);
    }

    /** What went wrong first; empty while nothing has. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** How long answers took since the last call, in nanoseconds, shortest first. */
    public List<Long> latencies() {
        var taken = new ArrayList<Long>();
        for (var one = nanos.poll(); one != null; one = nanos.poll()) {
            taken.add(one);
        }
        Collections.sort(taken);
        return taken;
    }

    /** How many answers were not yet asked for by {@link #latencies}. */
    public int answers() {
        return nanos.size();
    }

    private void ask() {
        var buffer = new byte[4096];
        try {
            while (!closing) {
                long start = System.nanoTime();
                socket.getOutputStream().write(request);
                int length = socket.getInputStream().read(buffer);
                if (length < 0) {
                    fail("its connection was closed");
                    return;
                }
                var answer = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
                if (!answer.startsWith("HTTP/1.1 200 ")) {
                    fail("it was answered " + answer.lines().findFirst().orElse(""));
                    return;
                }
                nanos.add(System.nanoTime() - start);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException ended) {
            fail("its connection broke: " + ended.getMessage());
        }
    }

    private void fail(String what) {
        if (!closing) {
            failure.compareAndSet(null, what);
        }
    }

    @Override
    public void close() {
        closing = true;
        webSocket.abort();
        http.shutdownNow();
        try {
            socket.close();
            asking.join();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Staying implements WebSocket.Listener {
        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            fail("its WebSocket was closed with " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            fail("its WebSocket broke: " + error);
        }
    }
}
