package io.sluice.http;

import static io.sluice.fuzz.FuzzTarget.check;

import io.netty.buffer.Unpooled;
import io.sluice.fuzz.FuzzTarget;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.SimulatedLoops;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A connection is answered alike in whatever pieces its bytes come, and every refusal has a code. Only whoever announces that it
 * waits for 100 may be answered without, and let go of before its body is there (RFC 9110 section 10.1.1): then what would have
 * followed is not read.
 */
public final class Http1Fuzz implements FuzzTarget {
    /** Small enough for a short input to pass them. */
    static final HttpSettings SMALL = new HttpSettings(
            200,
            400,
            8,
            6,
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            10,
            3,
            Duration.ofSeconds(1),
            null,
            new CorsSettings(),
            Proxies.NONE);

    @Override
    public void run(byte[] input) {
        var whole = answers(input, Math.max(1, input.length));
        var pieces = answers(input, 1 + input.length % 5);

        boolean alike = whole.equals(pieces) || announcesToWait(input) && startsWith(whole, pieces);
        check(alike, whole + " in one piece, else " + pieces);
    }

    private static boolean announcesToWait(byte[] input) {
        return new String(input, StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT)
                .contains("100-continue");
    }

    private static boolean startsWith(List<String> all, List<String> first) {
        return first.size() <= all.size() && all.subList(0, first.size()).equals(first);
    }

    private static List<String> answers(byte[] input, int pieces) {
        var clock = new ManualClock();
        try (var connection = new FuzzedConnection(routes(), SMALL, new SimulatedLoops(1, clock), clock)) {
            connection.receive(input, pieces);
            return FuzzedResponses.read(connection.sent());
        }
    }

    static HttpRoutes routes() {
        return new HttpRoutes()
                .add("GET", "/", exchange -> exchange.respond(200, text("hello")))
                .add(
                        "GET",
                        "/say/{word}",
                        exchange -> exchange.respond(
                                200,
                                text(exchange.parameter("word")
                                        + exchange.query().parameters())))
                .add("POST", "/echo", exchange -> exchange.collectBody(64, body -> exchange.respond(200, body)));
    }

    private static io.netty.buffer.ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
