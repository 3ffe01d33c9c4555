package io.sluice.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Reading over plain HTTP: history, short and long polls. */
final class ReadApiTest {
    private static EdgeServer server;
    private static ApiClient api;

    @BeforeAll
    static void start() {
        server = EdgeServer.inMemory();
        api = new ApiClient(server);
        var item = "{\"channel\":\"read:many\",\"data\":1}";
        api.post("/v1/messages", "[" + item + ("," + item).repeat(999) + "]");
        api.post("/v1/messages", "[" + item + ("," + item).repeat(199) + "]");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"'', 100", "&limit=1, 1", "&limit=1000, 1000", "&limit=1001, 1000", "&limit=999999999, 1000"})
    void returnsAtMostTheLimit(String limit, int count) {
        var page = api.get("/v1/channels/read:many/messages?after=earliest" + limit)
                .json();

        assertThat(page.path("messages").size()).isEqualTo(count);
        assertThat(page.path("position").asString()).endsWith("." + count);
    }

    @Test
    void readsBackwardsOldestFirst() {
        var newest = api.get("/v1/channels/read:many").json().path("newest").asString();

        var page = api.get("/v1/channels/read:many/messages?limit=2&before=" + newest)
                .json();

        assertThat(page.path("messages").get(0).path("position").asString()).endsWith(".1198");
        assertThat(page.path("messages").get(1).path("position").asString()).endsWith(".1199");
    }

    /** A page ends where its bytes are enough: what it leaves out must be the oldest of its range, or it is never read. */
    @Test
    void pagesBackwardsOverWhatDoesNotFitOnePageMissNothing() {
        int seed = 7;
        var random = new Random(seed);
        int count = 400;
        for (int i = 0; i < count; i++) {
            int size = random.nextInt(3) == 0 ? 1 : random.nextInt(50_000);
            api.publish("read:large", "\"" + "x".repeat(size) + "\"");
        }

        var offsets = new ArrayList<Long>();
        var path = "/v1/channels/read:large/messages?limit=1000";
        for (var page = api.get(path).json();
                !page.path("messages").isEmpty();
                page = api.get(path + "&before="
                                + page.at("/messages/0/position").asString())
                        .json()) {
            var read = new ArrayList<Long>();
            page.path("messages").forEach(message -> {
                var position = message.path("position").asString();
                read.add(Long.parseLong(position.substring(position.indexOf('.') + 1)));
            });
            offsets.addAll(0, read);
        }

        assertThat(offsets)
                .as("seed %d", seed)
                .isEqualTo(LongStream.rangeClosed(1, count).boxed().toList());
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/channels/read:x/messages?limit=0, bad-request",
        "/v1/channels/read:x/messages?limit=x, bad-request",
        "/v1/channels/read:x/messages?wait=x, bad-request",
        "/v1/channels/read:x/messages?after=nonsense, bad-cursor",
        "/v1/channels/read:x/messages?after=, bad-cursor",
        "/v1/channels/read:x/messages?before=nonsense, bad-cursor",
        "/v1/channels/a%20b/messages, bad-channel",
        "/v1/messages, bad-request",
        "/v1/events, bad-request",
        "/v1/events?channel=a&after=x, bad-cursor"
    })
    void refusesWithAReason(String path, String problem) {
        var answer = api.get(path);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo(problem);
    }

    @Test
    void answers304WhenNothingIsNew() {
        api.publish("read:etag", "1");
        var first = api.get("/v1/channels/read:etag/messages");

        var same = api.get("/v1/channels/read:etag/messages", "If-None-Match", first.header("etag"));
        api.publish("read:etag", "2");
        var changed = api.get("/v1/channels/read:etag/messages", "If-None-Match", first.header("etag"));

        assertThat(same.status()).isEqualTo(304);
        assertThat(changed.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"read:p1, ?wait=20, ''", "read:p2, '', wait=20", "read:p3, '', 'respond-async, wait=20'"})
    void aLongPollAnswersAsSoonAsThereIsSomething(String channel, String query, String prefer) {
        var headers = prefer.isEmpty() ? new String[0] : new String[] {"Prefer", prefer};
        var poll = api.begin("GET", "/v1/channels/" + channel + "/messages" + query, "", headers);
        Eventually.holds(() ->
                api.get("/v1/channels/" + channel).json().path("subscribers").asInt() == 1);

        var position = api.publish(channel, "1");

        assertThat(poll.join().status()).isEqualTo(200);
        assertThat(poll.join().json().path("position").asString()).isEqualTo(position);
    }

    @Test
    void aLongPollEndsWith204AndACursor() {
        var newest = api.publish("read:empty", "1");

        var answer = api.get("/v1/channels/read:empty/messages?wait=1");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("sluice-position")).isEqualTo(newest);
    }

    @Test
    void refusesMethodsAndMediaTypesThatItDoesNotKnow() {
        var method = api.method("DELETE", "/v1/messages");
        var media = api.get("/v1/events?channel=a", "Accept", "application/json");

        assertThat(method.status()).isEqualTo(405);
        assertThat(method.header("allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(media.status()).isEqualTo(406);
    }

    @Test
    void aBusyChannelDoesNotStarveTheOthersOfOnePoll() {
        api.publish("read:quiet", "\"quiet\"");
        api.publish("read:quiet", "\"quiet\"");

        var page = api.get("/v1/messages?channel=read:many&channel=read:quiet&after=earliest&limit=10")
                .json();

        assertThat(channelsOf(page)).containsEntry("read:many", 8).containsEntry("read:quiet", 2);
    }

    @Test
    void aPollOfMoreChannelsThanItsLimitGetsThroughAllOfThem() {
        var seen = new HashMap<String, Integer>();
        for (int i = 0; i < 3; i++) {
            api.publish("read:turn-" + i, "1");
            api.publish("read:turn-" + i, "2");
        }
        var path = "/v1/messages?channel=read:many&channel=read:turn-0&channel=read:turn-1&channel=read:turn-2&limit=1";
        var cursor = "earliest";

        for (int i = 0; i < 12; i++) {
            var page = api.get(path + "&after=" + cursor).json();
            cursor = page.path("position").asString();
            assertThat(page.path("messages").size()).isEqualTo(1);
            channelsOf(page).forEach((channel, count) -> seen.merge(channel, count, Integer::sum));
        }

        assertThat(seen)
                .containsEntry("read:turn-0", 2)
                .containsEntry("read:turn-1", 2)
                .containsEntry("read:turn-2", 2)
                .containsEntry("read:many", 6);
    }

    private static Map<String, Integer> channelsOf(JsonNode page) {
        var counts = new HashMap<String, Integer>();
        page.path("messages")
                .forEach(message -> counts.merge(message.path("channel").asString(), 1, Integer::sum));
        return counts;
    }
}
