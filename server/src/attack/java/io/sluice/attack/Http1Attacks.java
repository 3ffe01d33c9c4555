package io.sluice.attack;

import java.io.IOException;
import java.util.List;

/** Abuse of HTTP/1.1: requests that two servers would frame differently, oversized ones, and peers that take their time. */
public final class Http1Attacks {
    private static final String HOST = "Host: x\r\n";

    private Http1Attacks() {}

    /** Requests that hide another one; each must be refused, and the connection ended (RFC 9112 section 11.2). */
    private static final List<String> SMUGGLED = List.of(
            "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
            "POST / HTTP/1.1\r\n" + HOST + "Content-Length: +4\r\n\r\nabcd",
            "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 4, 4\r\n\r\nabcd",
            "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\r\n" + HOST + "Host: y\r\n\r\n",
            "GET / HTTP/1.1\n" + "Host: x\n\n",
            "GET / HTTP/1.1\r\n" + HOST + " folded: yes\r\n\r\n",
            "GET / HTTP/1.1\r\n" + HOST + "X: a\rb\r\n\r\n",
            "GET / HTTP/1.1\r\n" + HOST + "X: a\u0000b\r\n\r\n",
            "GET http://other/ HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");

    public static final List<Attack> ALL = List.of(
            Attack.refused("request smuggling", "bad-request", Http1Attacks::smuggle),
            Attack.refused("header count", "headers-too-large", port -> endless(port, "X-%d: y\r\n", 200)),
            Attack.refused(
                    "header size",
                    "headers-too-large",
                    port -> endless(port, "X-%d: " + "y".repeat(4000) + "\r\n", 20)),
            Attack.cut("slow head", "slow_head", Http1Attacks::slowHead),
            Attack.cut("slow body", "slow_body", Http1Attacks::slowBody),
            Attack.cut("reader that stalls", "stalled_reader", Http1Attacks::stalledReader));

    private static void smuggle(int port) throws IOException {
        for (var request : SMUGGLED) {
            try (var wire = new Wire(port)) {
                wire.send(request + "GET /hidden HTTP/1.1\r\n" + HOST + "\r\n");
                if (!wire.readHead().startsWith("HTTP/1.1 400 ")) {
                    throw new IllegalStateException("not refused: " + request);
                }
                wire.awaitEnd();
            }
        }
    }

    private static void endless(int port, String field, int count) throws IOException {
        try (var wire = new Wire(port)) {
            var head = new StringBuilder("GET / HTTP/1.1\r\n" + HOST);
            for (int i = 0; i < count; i++) {
                head.append(String.format(java.util.Locale.ROOT, field, i));
            }
            wire.send(head + "\r\n").awaitEnd();
        }
    }

    private static void slowHead(int port) throws IOException {
        try (var wire = new Wire(port)) {
            wire.trickle("GET / HTTP/1.1\r\n" + HOST + "X: " + "y".repeat(10_000), 20);
        }
    }

    private static void slowBody(int port) throws IOException {
        try (var wire = new Wire(port)) {
            wire.send("POST /v1/channels/attack/messages HTTP/1.1\r\n" + HOST + "Content-Length: 100000\r\n\r\n");
            wire.trickle("x".repeat(100_000), 100);
        }
    }

    /** Asks for more than any socket holds, and reads nothing. */
    private static void stalledReader(int port) throws IOException {
        try (var wire = new Wire(port)) {
            for (int i = 0; i < 1_000; i++) {
                wire.send("GET /v1/channels/large/messages?limit=1000 HTTP/1.1\r\n" + HOST + "\r\n");
            }
            wire.hold(3_000);
        }
    }
}
