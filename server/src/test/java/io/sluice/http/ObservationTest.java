package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.net.Clock;
import io.sluice.net.EventLoops;
import io.sluice.observe.AccessLog;
import io.sluice.observe.Metrics;
import io.sluice.testkit.Eventually;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator sees of HTTP: metrics with closed labels, and one line per exchange without secrets. */
class ObservationTest {
    private final Metrics metrics = new Metrics();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final HttpRoutes routes = new HttpRoutes()
            .add("GET", "/rooms/{room}", exchange -> exchange.respond(200, Http1Test.text("hello")))
            .add("POST", "/rooms/{room}", exchange -> exchange.collectBody(4, body -> exchange.respond(201, body)));
    private final TestServer server = new TestServer(
            routes,
            new HttpSettings(),
            EventLoops.Kernel.AUTO,
            Clock.SYSTEM,
            ExchangeObserver.of(List.of(new HttpMetrics(metrics), new ExchangeLog(new AccessLog(lines::add)))),
            null);

    @AfterEach
    void stop() {
        server.close();
        metrics.close();
    }

    @Test
    void countsByRouteMethodAndClassOfStatus() {
        try (var client = server.connect()) {
            client.send("GET /rooms/secret-room HTTP/1.1\r\nHost: x\r\n\r\n");
            client.readResponse();
            client.send("GET /rooms/other HTTP/1.1\r\nHost: x\r\n\r\n");
            client.readResponse();
            client.send("BREW /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
            client.readResponse();
        }

        // An exchange is counted after its answer has left.
        var last = "sluice_http_request_seconds_count{method=\"other\",route=\"none\"} 1";
        Eventually.holds(() -> metrics.scrape(null).text().contains(last));
        var text = metrics.scrape(null).text();

        assertThat(text)
                .contains("sluice_http_requests_total{code_class=\"2xx\",method=\"GET\",route=\"/rooms/{room}\"} 2.0")
                .contains("sluice_http_requests_total{code_class=\"4xx\",method=\"other\",route=\"none\"} 1.0")
                .contains("sluice_http_request_seconds_count{method=\"GET\",route=\"/rooms/{room}\"} 2")
                .contains("sluice_http_refusals_total{code=\"not-found\"} 1.0")
                .contains("sluice_http_exchanges 0.0")
                .doesNotContain("secret-room")
                .doesNotContain("BREW");
    }

    @Test
    void writesOneLinePerExchangeWithoutTokensAndBodies() {
        try (var client = server.connect()) {
            client.send(
                    "GET /rooms/a?channel=b&ticket=T0PSECRET&token=T0PSECRET&%74icket=T0PSECRET&x=%C3%A9%22 HTTP/1.1\r\n"
                            + "Host: x\r\nAuthorization: Bearer T0PSECRET\r\n\r\n");
            client.readResponse();
            client.send("POST /rooms/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nT0PSECRET");
            client.readResponse();
        }
        Eventually.holds(() -> lines.size() == 2);

        assertThat(lines).noneMatch(line -> line.contains("T0PSECRET"));
        assertThat(lines.poll())
                .startsWith(
                        "peer=127.0.0.1 method=GET target=/rooms/a?channel=b&ticket=-&token=-&%74icket=-&x=%C3%A9%22 ")
                .contains(" version=HTTP/1.1 status=")
                .containsPattern(" ms=\\d+\\.\\d{3} request=\\w{20}$");
        assertThat(lines.poll()).contains(" method=POST target=/rooms/a version=HTTP/1.1 status=413 ");
    }

    @Test
    void aClientThatLeavesBeforeItsAnswerIsCountedAsGone() {
        routes.add("GET", "/never", exchange -> {});
        try (var client = server.connect()) {
            client.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
            Eventually.holds(() -> metrics.scrape(null).text().contains("sluice_http_exchanges 1.0"));
            client.reset();
        }

        Eventually.holds(() -> metrics.scrape(null)
                .text()
                .contains("sluice_http_requests_total{code_class=\"gone\",method=\"GET\",route=\"/never\"} 1.0"));
    }
}
