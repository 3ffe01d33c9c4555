package io.sluice.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json | true",
                "*/* | true",
                "text/html, application/*;q=0.2 | true",
                "APPLICATION/JSON; charset=utf-8 | true",
                "text/html | false",
                "application/json;q=0, */* | false",
                "*/*;q=0.0 | false",
                "'' | true"
            })
    void takesWhatTheMostSpecificRangeSays(String accept, boolean taken) {
        var fields = new DefaultHttpHeaders().add("accept", accept);

        assertThat(Accept.takes(fields, "application/json")).isEqualTo(taken);
    }

    @Test
    void aJsonRouteRefusesWhoWantsOnlyHtmlBeforeItDoesAnything() {
        try (var server = EdgeServer.inMemory();
                var client = RawClient.connect(server.port())) {
            client.send("POST /v1/channels/news/messages HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n"
                    + "Content-Length: 2\r\n\r\n{}");
            var refused = client.readResponse();
            client.send("GET /v1/channels/news HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n");

            assertThat(refused).startsWith("HTTP/1.1 406 ").contains("urn:sluice:problem:not-acceptable");
            assertThat(client.readResponse()).contains("\"messages\":0");
        }
    }
}
