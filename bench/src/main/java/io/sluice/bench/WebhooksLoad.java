package io.sluice.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** A receiver of webhooks, with the publishers and the provider that keep a server busy. Latencies in microseconds. */
final class WebhooksLoad implements AutoCloseable {
    static final String HOOK_SECRET = "a-secret-of-the-bench";

    private static final int TICKS_PER_SECOND = 50;
    private static final int BATCH = 500;
    private static final int DATA_BYTES = 128;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final Pattern POSITION = Pattern.compile("\"position\":\"[0-9a-z]+\\.(\\d+)\"");
    private static final Pattern SENT = Pattern.compile("\"sent\":(\\d+)");

    private final URI server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpServer receiver;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Long> offsets = new ConcurrentHashMap<>();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder disorder = new LongAdder();
    private final Histogram latency = new ConcurrentHistogram(3);
    private int hooks;

    WebhooksLoad(String host) throws IOException {
        server = URI.create("http://" + host);
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        receiver.setExecutor(threads);
        receiver.createContext("/", this::take);
        receiver.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        long now = System.nanoTime();
        var position = POSITION.matcher(body);
        var sent = SENT.matcher(body);
        if (position.find() && sent.find()) {
            long offset = Long.parseLong(position.group(1));
            var before = offsets.put(exchange.getRequestURI().getPath(), offset);
            if (before != null && before + 1 != offset) {
                disorder.increment();
            }
            latency.recordValue(Math.max(1, (now - Long.parseLong(sent.group(1))) / 1_000));
        }
        delivered.increment();
        exchange.sendResponseHeaders(204, -1);
    }

    /** Makes a webhook of one channel. */
    void make(String name, String channel) throws IOException, InterruptedException {
        var url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/" + name;
        send("PUT", "/v1/webhooks/" + name, "{\"channels\":[\"" + channel + "\"],\"url\":\"" + url + "\"}", 201);
    }

    void pause(int webhooks, boolean paused) throws IOException, InterruptedException {
        for (int i = 0; i < webhooks; i++) {
            send("POST", "/v1/webhooks/bench-" + i + (paused ? "/pause" : "/resume"), "", 200);
        }
    }

    /**
     * Publishes at an even rate, whatever is delivered meanwhile; gives how many.
     *
     * @param second is run after each
     */
    long publishAtRate(int perSecond, int seconds, int channels, Runnable second)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long sent = 0;
        for (int tick = 1; tick <= seconds * TICKS_PER_SECOND; tick++) {
            long due = start + tick * (1_000_000_000L / TICKS_PER_SECOND);
            LockSupport.parkNanos(due - System.nanoTime());
            int count = (int) ((long) perSecond * tick / TICKS_PER_SECOND - sent);
            publish(sent, count, channels, due);
            sent += count;
            if (tick % TICKS_PER_SECOND == 0) {
                second.run();
            }
        }
        return sent;
    }

    /** Publishes {@code each} to every channel as fast as it goes. */
    void backlog(int channels, int each) throws IOException, InterruptedException {
        long all = (long) channels * each;
        for (long sent = 0; sent < all; sent += BATCH) {
            publish(sent, (int) Math.min(BATCH, all - sent), channels, System.nanoTime());
        }
    }

    private void publish(long first, int count, int channels, long dueNanos) throws IOException, InterruptedException {
        if (count == 0) {
            return;
        }
        var data = "{\"sent\":" + dueNanos + ",\"x\":\"";
        data += "x".repeat(DATA_BYTES - data.length() - 2) + "\"}";
        var batch = new StringBuilder("[");
        for (int i = 0; i < count; i++) {
            batch.append(i == 0 ? "" : ",")
                    .append("{\"channel\":\"bench-out-")
                    .append((first + i) % channels)
                    .append("\",\"data\":")
                    .append(data)
                    .append('}');
        }
        send("POST", "/v1/messages", batch + "]", 200);
    }

    /**
     * Waits until {@code count} deliveries have come since the last {@link #reset}.
     *
     * @param soFar is told how many meanwhile
     */
    void awaitDelivered(long count, LongConsumer soFar) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (delivered.sum() < count) {
            soFar.accept(delivered.sum());
            if (System.nanoTime() > end) {
                throw new IOException("only " + delivered.sum() + " of " + count + " deliveries came");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    void reset() throws IOException {
        long settled = -1;
        while (settled != delivered.sum()) {
            settled = delivered.sum();
            LockSupport.parkNanos(500_000_000);
        }
        delivered.reset();
        latency.reset();
    }

    long disorder() {
        return disorder.sum();
    }

    /** From when a publication should have been sent to when it came. */
    Histogram latency() {
        return latency.copy();
    }

    /**
     * Calls the hook with new events, one after the other; how long each answer took.
     *
     * @param call is run after each
     */
    Histogram callHook(int count, Runnable call) throws IOException, InterruptedException {
        var times = new Histogram(3);
        var body = "{\"n\":\"" + "x".repeat(DATA_BYTES) + "\"}";
        var signature = "sha256=" + hmac(body);
        for (int i = 0; i < count; i++) {
            var request = HttpRequest.newBuilder(server.resolve("/v1/hooks/bench"))
                    .header("content-type", "application/json")
                    .header("x-github-event", "push")
                    .header("x-github-delivery", "delivery-" + hooks++)
                    .header("x-hub-signature-256", signature)
                    .POST(BodyPublishers.ofString(body))
                    .build();
            long start = System.nanoTime();
            var answer = client.send(request, BodyHandlers.ofString());
            times.recordValue((System.nanoTime() - start) / 1_000);
            if (answer.statusCode() != 200) {
                throw new IOException(answer.statusCode() + ": " + answer.body());
            }
            call.run();
        }
        return times;
    }

    private static String hmac(String body) throws IOException {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(HOOK_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IOException(impossible);
        }
    }

    private void send(String method, String path, String body, int expected) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(server.resolve(path))
                .method(method, BodyPublishers.ofString(body))
                .build();
        var answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != expected) {
            throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    @Override
    public void close() {
        receiver.stop(0);
        threads.shutdownNow();
        client.close();
    }
}
