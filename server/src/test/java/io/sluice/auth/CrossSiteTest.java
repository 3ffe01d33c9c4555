package io.sluice.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.RawClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With {@code auth.mode: none} a page of anywhere cannot act here, and whoever is no page can. */
class CrossSiteTest {
    private final EdgeServer server = EdgeServer.inMemory();

    @AfterEach
    void stop() {
        server.close();
    }

    private String publish(String originField) {
        try (var client = RawClient.connect(server.port())) {
            client.send("POST /v1/channels/news/messages HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n"
                    + originField + "Content-Length: 2\r\n\r\n{}");
            return client.readResponse();
        }
    }

    @Test
    void refusesAPublishOfAForeignPage() {
        assertThat(publish("Origin: https://evil.example\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("urn:sluice:problem:origin-refused");
        assertThat(publish("Origin: null\r\n")).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void takesAPublishOfItsOwnPageAndOfWhoIsNoPage() {
        assertThat(publish("Origin: http://127.0.0.1:" + server.port() + "\r\n"))
                .startsWith("HTTP/1.1 201 ");
        assertThat(publish("")).startsWith("HTTP/1.1 201 ");
    }
}
