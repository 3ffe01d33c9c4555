package io.sluice.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.net.Clock;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.RawClient;
import io.sluice.testkit.SignedTokens;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading on from a cursor takes the same grant on every transport; what goes back beyond it takes {@code history}. */
class ReadingGrantsTest {
    private static final String MESSAGES = "/v1/channels/news/messages";

    private final EdgeServer server =
            EdgeServer.configured(Clock.SYSTEM, "auth: {mode: jwt, secret: %s}\n".formatted(SignedTokens.SECRET));
    private final ApiClient api = new ApiClient(server);

    @BeforeEach
    void publish() {
        var published = api.post(MESSAGES, "\"first\"", "authorization", bearer("publish"));
        assertThat(published.status()).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whoMaySubscribeMayPollAfterACursor() {
        var subscriber = bearer("subscribe");

        var poll = api.get(MESSAGES + "?after=earliest", "authorization", subscriber);
        var longPoll = api.get(MESSAGES + "?after=earliest&wait=5", "authorization", subscriber);

        assertThat(poll.body()).contains("first");
        assertThat(longPoll.body()).contains("first");
        assertThat(stream(subscriber)).contains("first");
    }

    @Test
    void whoMayOnlySubscribeWaitsForWhatComesButReadsNothingOlder() {
        var subscriber = bearer("subscribe");

        var position = api.get(MESSAGES + "?after=earliest", "authorization", subscriber)
                .json()
                .path("position")
                .asString();
        var empty = api.get(MESSAGES + "?wait=1", "authorization", subscriber);
        var newest = api.get(MESSAGES, "authorization", subscriber);
        var backwards = api.get(MESSAGES + "?before=" + position, "authorization", subscriber);

        assertThat(empty.status()).isEqualTo(204);
        assertThat(newest.problem()).isEqualTo("forbidden");
        assertThat(newest.body()).contains("history");
        assertThat(backwards.problem()).isEqualTo("forbidden");
    }

    @Test
    void whoMayReadHistoryMayPollButNotSubscribe() {
        var reader = bearer("history");

        assertThat(api.get(MESSAGES, "authorization", reader).body()).contains("first");
        assertThat(api.get(MESSAGES + "?after=earliest", "authorization", reader)
                        .body())
                .contains("first");
        assertThat(stream(reader)).contains("HTTP/1.1 403 ");
    }

    @Test
    void whoMayNeitherIsRefusedBoth() {
        var publisher = bearer("publish");

        assertThat(api.get(MESSAGES, "authorization", publisher).problem()).isEqualTo("forbidden");
        assertThat(api.get(MESSAGES + "?after=earliest", "authorization", publisher)
                        .problem())
                .isEqualTo("forbidden");
    }

    private String stream(String authorization) {
        try (var client = RawClient.connect(server.port())) {
            client.send("GET /v1/events?channel=news&after=earliest HTTP/1.1\r\nHost: x\r\nAuthorization: "
                    + authorization + "\r\n\r\n");
            var head = client.readUntil("\r\n\r\n");
            return head.startsWith("HTTP/1.1 200 ") ? client.readUntil("first") : head;
        }
    }

    private static String bearer(String verb) {
        var claims = SignedTokens.claims("bob", Clock.SYSTEM.now(), Duration.ofHours(1))
                .claim("grants", List.of(Map.of("channels", "*", "can", List.of(verb))));
        return "Bearer " + SignedTokens.sign(claims);
    }
}
