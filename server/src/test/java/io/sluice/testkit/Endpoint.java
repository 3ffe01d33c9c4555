package io.sluice.testkit;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.sluice.net.SelfSigned;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real HTTP server on loopback that takes webhooks, answers as a test says and keeps what came. */
public final class Endpoint implements AutoCloseable {
    /** A secret that tests sign and verify with. */
    public static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";

    private static final JsonMapper JSON = new JsonMapper();
    private static final long PATIENCE_SECONDS = 20;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LinkedBlockingQueue<Delivery> came = new LinkedBlockingQueue<>();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Answer otherwise = new Answer(200);
    private volatile CountDownLatch held = new CountDownLatch(0);

    /** One request. Names of fields are in lower case. */
    public record Delivery(String path, Map<String, String> headers, String body) {
        public String id() {
            return headers.getOrDefault("webhook-id", "");
        }

        public JsonNode json() {
            return JSON.readTree(body);
        }

        /** The publication's data as JSON text. */
        public String data() {
            return json().path("data").toString();
        }

        /** True when the library of the specification's authors takes it for one signed with {@code secret}, now. */
        public boolean isSignedWith(String secret) {
            var lists = new TreeMap<String, List<String>>();
            headers.forEach((name, value) -> lists.put(name, List.of(value)));
            try {
                new Webhook(secret).verify(body, lists);
                return true;
            } catch (WebhookVerificationException | EmptyWebhookSecretException refused) {
                return false;
            }
        }
    }

    /** What to answer; a status of 0 is no answer at all. */
    public record Answer(int status, String... headers) {}

    public Endpoint() {
        this(null);
    }

    /** @param tls null for plain HTTP */
    public Endpoint(@Nullable SelfSigned tls) {
        try {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            if (tls == null) {
                server = HttpServer.create(address, 64);
            } else {
                var secure = HttpsServer.create(address, 64);
                secure.setHttpsConfigurator(new HttpsConfigurator(context(tls)));
                server = secure;
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private static SSLContext context(SelfSigned tls) {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setKeyEntry("endpoint", tls.key(), new char[0], new Certificate[] {tls.certificate()});
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var headers = new TreeMap<String, String>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
        var next = answers.poll();
        var answer = next == null ? otherwise : next;
        came.add(new Delivery(exchange.getRequestURI().toString(), headers, body));
        await(held);
        if (answer.status == 0) {
            await(closing);
            exchange.close();
        } else {
            for (int i = 0; i < answer.headers.length; i += 2) {
                exchange.getResponseHeaders().set(answer.headers[i], answer.headers[i + 1]);
            }
            exchange.sendResponseHeaders(answer.status, -1);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** A URL of this endpoint. */
    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** The next answers, one for each request; afterwards as {@link #otherwise} says. */
    public Endpoint answers(Answer... next) {
        answers.addAll(List.of(next));
        return this;
    }

    /** What to answer where nothing else was said: 200 by default. */
    public Endpoint otherwise(Answer answer) {
        otherwise = answer;
        return this;
    }

    /** Answers nothing from here on until {@link #release}. */
    public void hold() {
        held = new CountDownLatch(1);
    }

    public void release() {
        held.countDown();
    }

    /** The next request that has come, or will. */
    public Delivery next() {
        try {
            var delivery = came.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (delivery == null) {
                throw new AssertionError("nothing came");
            }
            return delivery;
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(asked);
        }
    }

    /** The data of the next {@code count} requests. */
    public List<String> data(int count) {
        var data = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            data.add(next().data());
        }
        return data;
    }

    /** How many have come that nobody asked for yet. */
    public int waiting() {
        return came.size();
    }

    @Override
    public void close() {
        closing.countDown();
        held.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
