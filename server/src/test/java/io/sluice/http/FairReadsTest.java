package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sluice.net.EventLoops;
import io.sluice.testkit.ManualClock;
import io.sluice.testkit.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection that brings much work at once shares its loop with the others of that loop. Each request here takes a millisecond. */
class FairReadsTest {
    private static final int FLOOD = 500;
    private static final String COSTLY = "GET /costly HTTP/1.1\r\nHost: x\r\n\r\n";

    private final ManualClock clock = new ManualClock();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger servedBefore = new AtomicInteger(-1);
    private final AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
    private final HttpRoutes routes = new HttpRoutes()
            .add(
                    "GET",
                    "/loop",
                    exchange -> exchange.respond(
                            200, Http1Test.text("" + exchange.loop().index())))
            .add("GET", "/honest", exchange -> {
                servedBefore.set(served.get());
                exchange.respond(200, Http1Test.text("here"));
            })
            .add("GET", "/costly", exchange -> {
                served.incrementAndGet();
                var action = meanwhile.getAndSet(null);
                if (action != null) {
                    action.run();
                }
                clock.advance(Duration.ofMillis(1));
                exchange.respond(204, Unpooled.EMPTY_BUFFER);
            });
    private final TestServer server = new TestServer(routes, new HttpSettings(), EventLoops.Kernel.AUTO, clock, null);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void servesTheOthersOfItsLoopBetweenTheRequestsOfAFlood() {
        try (var flood = server.connect();
                var other = server.connect();
                var third = server.connect()) {
            var honest = loop(other).equals(loop(flood)) ? other : third;
            assertThat(loop(honest)).isEqualTo(loop(flood));
            meanwhile.set(() -> honest.send("GET /honest HTTP/1.1\r\nHost: x\r\n\r\n"));

            flood.send(COSTLY.repeat(FLOOD));

            assertThat(honest.readResponse()).endsWith("here");
            assertThat(servedBefore.get()).isBetween(1, FLOOD / 4);
            assertThat(statuses(flood)).hasSize(FLOOD).containsOnly("HTTP/1.1 204 No Content");
        }
    }

    @Test
    void servesEverythingThatCameBeforeThePeerEndedItsDirection() {
        try (var flood = server.connect()) {
            flood.send(COSTLY.repeat(FLOOD)).endOutput();

            assertThat(statuses(flood)).hasSize(FLOOD);
            assertThat(flood.readToEnd()).isEmpty();
        }
    }

    private static String loop(RawClient client) {
        var response = client.send("GET /loop HTTP/1.1\r\nHost: x\r\n\r\n").readResponse();
        return response.substring(response.length() - 1);
    }

    private static List<String> statuses(RawClient client) {
        var statuses = new ArrayList<String>();
        for (int i = 0; i < FLOOD; i++) {
            statuses.add(client.readResponse().lines().findFirst().orElse(""));
        }
        return statuses;
    }
}
