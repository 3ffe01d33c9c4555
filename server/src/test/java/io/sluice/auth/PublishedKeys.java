package io.sluice.auth;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer's JWKS endpoint on a free loopback port that can also misbehave. */
final class PublishedKeys implements AutoCloseable {
    private final HttpServer server;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile Answer answer = exchange -> {};

    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    PublishedKeys() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/keys", exchange -> {
            fetches.incrementAndGet();
            answer.to(exchange);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
    }

    /** How often it was asked. */
    int fetches() {
        return fetches.get();
    }

    void publishes(JWK... keys) {
        text(200, "application/json", new JWKSet(List.of(keys)).toString());
    }

    void text(int status, String type, String body) {
        answer = exchange -> {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", type);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    void redirectsTo(String elsewhere) {
        answer = exchange -> {
            exchange.getResponseHeaders().set("location", elsewhere);
            exchange.sendResponseHeaders(302, -1);
        };
    }

    /** Sends the head and then nothing. */
    void stalls() {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                closed.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        };
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
