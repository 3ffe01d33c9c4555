package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.LogLines;
import io.sluice.testkit.RawClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the console asks for, as any other client of the admin listener may. */
final class ConsoleRoutesTest {
    @Test
    void theConsoleIsOnTheAdminListenerOnly() {
        try (var server = EdgeServer.inMemory()) {
            var api = new ApiClient(server);

            assertThat(api.admin("/").header("location")).isEqualTo("/console/");
            assertThat(api.admin("/console").header("location")).isEqualTo("/console/");
            assertThat(api.admin("/console/").body()).contains("<title>Sluice console</title>");
            assertThat(api.get("/console/").status()).isEqualTo(404);
            assertThat(api.get("/v1/admin/channels").status()).isEqualTo(404);
        }
    }

    @Test
    void aPageSaysWhichModulesItNeeds() {
        try (var server = EdgeServer.inMemory()) {
            var links = new ApiClient(server).admin("/console/").header("link");

            assertThat(links)
                    .contains("</console/console.js>; rel=modulepreload")
                    .contains("</console/chart.js>; rel=modulepreload")
                    .contains("</sdk/transport/event-stream.js>; rel=modulepreload")
                    .doesNotContain("css");
        }
    }

    @Test
    void aChannelIsReadBackwardsAndForwardsByPosition() {
        try (var server = EdgeServer.inMemory()) {
            var api = new ApiClient(server);
            var positions = new ArrayList<String>();
            for (int n = 0; n < 9; n++) {
                positions.add(api.publish("news", "" + n));
            }
            var path = "/v1/admin/channels/news/messages?limit=4";

            var newest = data(api.admin(path).json());
            var older = data(api.admin(path + "&before=" + positions.get(5)).json());
            var newer = data(api.admin(path + "&after=" + positions.get(4)).json());

            assertThat(newest).containsExactly(5, 6, 7, 8);
            assertThat(older).containsExactly(1, 2, 3, 4);
            assertThat(newer).containsExactly(5, 6, 7, 8);
            assertThat(api.admin(path + "&before=x").problem()).isEqualTo("bad-cursor");
            assertThat(api.admin("/v1/admin/channels/news/messages?limit=x").problem())
                    .isEqualTo("bad-request");
            assertThat(api.admin("/v1/admin/channels/no!channel/messages").problem())
                    .isEqualTo("bad-channel");
        }
    }

    @Test
    void whatIsPublishedIsStoredAndAudited() {
        try (var server = EdgeServer.inMemory();
                var log = new LogLines()) {
            var api = new ApiClient(server);

            var published = api.admin("/v1/admin/channels/news/messages", "{\"secret\":1}");
            var refused = api.admin("/v1/admin/channels/news/messages", "{");

            var read = api.get("/v1/channels/news/messages").json().path("messages");
            assertThat(published.status()).isEqualTo(201);
            assertThat(read.get(0).path("position").asString())
                    .isEqualTo(published.json().path("position").asString());
            assertThat(refused.problem()).isEqualTo("bad-json");
            assertThat(log.all())
                    .filteredOn(line -> line.startsWith("io.sluice.audit"))
                    .singleElement()
                    .asString()
                    .contains("action=publish channel=news position=")
                    .doesNotContain("secret");
        }
    }

    @Test
    void aListIsSearched() {
        try (var server = EdgeServer.inMemory()) {
            var api = new ApiClient(server);
            api.publish("orders:eu", "1");
            api.publish("orders:us", "1");
            api.publish("news", "1");

            var found = api.admin("/v1/admin/channels?contains=orders&limit=1").json();

            assertThat(found.path("count").asInt()).isEqualTo(2);
            assertThat(found.path("channels").get(0).path("channel").asString()).isEqualTo("orders:eu");
            assertThat(found.path("next").asString()).isEqualTo("orders:eu");
        }
    }

    @Test
    void theFiguresAreAnEventStreamThatNoClientOfTheEdgeCanRead() {
        try (var server = EdgeServer.inMemory();
                var stream = RawClient.connect(server.admin("").getPort())) {
            new ApiClient(server).publish("news", "1");

            stream.send("GET /v1/events?channel=figures HTTP/1.1\r\nhost: localhost\r\n\r\n");
            stream.readUntil("event: figures\n");
            var figures = stream.readUntil("\n\n");

            assertThat(figures)
                    .contains("\"publications\":1")
                    .contains("\"engines\":[{\"engine\":\"memory\",\"ailment\":null}]")
                    .contains("\"draining\":false");
            assertThat(new ApiClient(server)
                            .get("/v1/channels/figures/messages")
                            .json()
                            .path("messages"))
                    .isEmpty();
        }
    }

    private static List<Integer> data(JsonNode page) {
        var data = new ArrayList<Integer>();
        page.path("messages").forEach(message -> data.add(message.path("data").asInt()));
        return data;
    }
}
