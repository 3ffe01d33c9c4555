package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.WebSocketClient;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** What operators see. */
final class StatusRoutesTest {
    @Test
    void isLiveAndReadyOnceItServes() {
        try (var server = EdgeServer.inMemory()) {
            var api = new ApiClient(server);

            assertThat(api.admin("/livez").status()).isEqualTo(200);
            assertThat(api.admin("/readyz").status()).isEqualTo(200);
        }
    }

    @Test
    void pagesThroughChannels() {
        try (var server = EdgeServer.inMemory()) {
            var api = new ApiClient(server);
            var expected = new ArrayList<String>();
            for (int i = 10; i < 17; i++) {
                api.publish("c" + i, "1");
                expected.add("c" + i);
            }
            var names = new ArrayList<String>();
            var after = "";

            do {
                var page =
                        api.admin("/v1/admin/channels?limit=3&after=" + after).json();
                page.path("channels")
                        .forEach(channel -> names.add(channel.path("channel").asString()));
                assertThat(page.path("count").asInt()).isEqualTo(7);
                after = page.path("next").asString("");
            } while (!after.isEmpty());

            assertThat(names).isEqualTo(expected);
        }
    }

    @Test
    void showsASessionWithItsTransportAndUser() {
        try (var server = EdgeServer.inMemory();
                var client = WebSocketClient.connectAs(server, "alice")) {
            client.call("subscribe", "\"channel\":\"c\"");

            var session = new ApiClient(server)
                    .admin("/v1/admin/sessions")
                    .json()
                    .path("sessions")
                    .get(0);

            assertThat(session.path("transport").asString()).isEqualTo("websocket");
            assertThat(session.path("user").asString()).isEqualTo("alice");
            assertThat(session.path("subscriptions").asInt()).isEqualTo(1);
        }
    }

    @Test
    void refusesALimitThatIsNoNumber() {
        try (var server = EdgeServer.inMemory()) {
            var answer = new ApiClient(server).admin("/v1/admin/channels?limit=x");

            assertThat(answer.problem()).isEqualTo("bad-request");
        }
    }

    @Test
    void pagesThroughSessions() {
        try (var server = EdgeServer.inMemory()) {
            var clients = new ArrayList<WebSocketClient>();
            for (int i = 0; i < 5; i++) {
                clients.add(WebSocketClient.connectAs(server, "user-" + i));
            }
            var api = new ApiClient(server);
            var users = new ArrayList<String>();
            var after = "";

            do {
                var page =
                        api.admin("/v1/admin/sessions?limit=2&after=" + after).json();
                page.path("sessions")
                        .forEach(session -> users.add(session.path("user").asString()));
                assertThat(page.path("count").asInt()).isEqualTo(5);
                after = page.path("next").asString("");
            } while (!after.isEmpty());

            assertThat(users).containsExactlyInAnyOrder("user-0", "user-1", "user-2", "user-3", "user-4");
            clients.forEach(WebSocketClient::close);
        }
    }
}
