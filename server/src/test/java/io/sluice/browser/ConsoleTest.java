package io.sluice.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.LogLines;
import io.sluice.testkit.ServerProcess;
import io.sluice.testkit.WebSocketClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that the console does, in a real browser against a real server. */
final class ConsoleTest {
    private static Chromium chromium;

    @BeforeAll
    static void launch() {
        chromium = Chromium.launch();
    }

    @AfterAll
    static void close() {
        chromium.close();
    }

    @Test
    void theOverviewShowsWhatTheServerDoes() {
        try (var server = EdgeServer.inMemory();
                var reader = WebSocketClient.connectAs(server, "alice");
                var light = open(server, "", WebPage.light());
                var dark = open(server, "", WebPage.dark())) {
            var api = new ApiClient(server);
            reader.call("subscribe", "\"channel\":\"news\"");
            api.publish("news", "\"one\"");
            api.get("/v1/channels/no!channel/messages");

            for (var console : List.of(light, dark)) {
                console.awaitTile("Sessions", "^1$");
                console.await("#transports li:not(.empty)", "websocket.*1");
                console.await("#refusals li:not(.empty)", "bad-channel.*1");
                console.await("#engines li", "memory.*takes publications");
            }
            for (int n = 0;
                    light.page().locator("#publish td").first().textContent().equals("–") && n < 500;
                    n++) {
                api.publish("news", "{\"n\":" + n + "}");
            }
            light.await("#publish td:nth-child(2)", "[0-9] (µs|ms)");
            light.await("#fanout td:nth-child(4)", "[0-9]");
            light.awaitTile("Published", "[0-9]/s");
            light.page().waitForFunction("() => document.querySelector('.tile .line').getAttribute('d').length > 10");
            light.page().hover(".tile:nth-child(2) svg");
            light.await(".tile:nth-child(2) p", "at \\d\\d:\\d\\d:\\d\\d");

            assertThat(light.visit().screenshot("console-overview-light").faults())
                    .isEmpty();
            assertThat(dark.visit().screenshot("console-overview-dark").faults())
                    .isEmpty();
        }
    }

    @Test
    void aSessionIsFoundAndCutOnceThatIsConfirmed() {
        try (var server = EdgeServer.inMemory();
                var log = new LogLines();
                var alice = WebSocketClient.connectAs(server, "alice");
                var bob = WebSocketClient.connectAs(server, "bob");
                var console = open(server, "#/sessions", WebPage.dark())) {
            alice.call("subscribe", "\"channel\":\"news\"");
            console.rows("sessions", "alice").waitFor();
            console.rows("sessions", "bob").waitFor();
            console.visit().screenshot("console-sessions-dark");
            console.page().fill("#sessions input[type=search]", "alic");
            console.await("#sessions .count", "^1$");
            var page = console.page();

            page.click("#sessions tbody button");
            page.keyboard().press("Escape");
            page.waitForSelector("#cut:not([open])", hidden());
            bob.call("ping", "");
            alice.call("ping", "");
            page.click("#sessions tbody button");
            console.visit().screenshot("console-cut-dark");
            page.click("#cut-yes");

            assertThat(alice.closeCode()).isEqualTo(4401);
            console.await("#told", "^Session .* was cut\\.$");
            console.await("#sessions .count", "^0$");
            bob.call("ping", "");
            assertThat(log.all())
                    .filteredOn(line -> line.startsWith("io.sluice.audit"))
                    .singleElement()
                    .asString()
                    .contains("action=revoke session=", "sessions=1");
            assertThat(console.visit().faults()).isEmpty();
        }
    }

    @Test
    void sessionsArePaged() {
        try (var server = EdgeServer.inMemory()) {
            var clients = new ArrayList<WebSocketClient>();
            for (int n = 0; n < 51; n++) {
                clients.add(WebSocketClient.connectAs(server, "user-" + n));
            }
            try (var console = open(server, "#/sessions", WebPage.light())) {
                console.await("#sessions .count", "^51$");
                assertThat(console.page().locator("#sessions tbody tr").count()).isEqualTo(50);

                console.page().click("#sessions .next-page");
                console.page().waitForFunction("() => document.querySelectorAll('#sessions tbody tr').length === 1");
                console.page().click("#sessions .first-page");
                console.page().waitForFunction("() => document.querySelectorAll('#sessions tbody tr').length === 50");

                assertThat(console.visit().faults()).isEmpty();
            }
            clients.forEach(WebSocketClient::close);
        }
    }

    @Test
    void aChannelsHistoryIsReadPageByPage() {
        try (var server = EdgeServer.inMemory()) {
            var api = new ApiClient(server);
            for (int n = 1; n <= 65; n++) {
                api.publish("orders:eu", "{\"n\":" + n + "}");
            }
            try (var console = open(server, "", WebPage.light())) {
                console.go("channels");
                console.page().fill("#channels input[type=search]", "eu");
                console.page().click("text=orders:eu");
                awaitNewest(console, "{\"n\":65}");

                console.page().click("#older");
                awaitNewest(console, "{\"n\":35}");
                console.page().click("#older");
                awaitNewest(console, "{\"n\":5}");
                assertThat(console.history()).hasSize(5).endsWith("{\"n\":1}");
                assertThat(console.page().isEnabled("#older")).isFalse();
                console.page().click("#newer");
                awaitNewest(console, "{\"n\":35}");
                api.publish("orders:eu", "{\"n\":66}");
                console.page().click("#newest");
                awaitNewest(console, "{\"n\":66}");

                assertThat(console.history()).hasSize(30).contains("{\"n\":37}");
                assertThat(console.visit().screenshot("console-channel-light").faults())
                        .isEmpty();
            }
        }
    }

    @Test
    void newMessagesAreOfferedAndPushNothingAside() {
        try (var server = EdgeServer.inMemory();
                var console = open(server, "#/channels/news", WebPage.light())) {
            var api = new ApiClient(server);
            console.await("#history-note", "holds no messages");
            api.publish("news", "\"first\"");
            awaitNewest(console, "first");
            api.publish("news", "\"second\"");

            console.await("#newest", "^New messages$");
            assertThat(console.history()).containsExactly("first");
            console.page().click("#newest");
            awaitNewest(console, "second");

            console.await("#newest", "^Newest$");
            assertThat(console.visit().faults()).isEmpty();
        }
    }

    @Test
    void whatIsPublishedReachesReadersAndIsAudited() {
        try (var server = EdgeServer.inMemory();
                var log = new LogLines();
                var reader = WebSocketClient.connectAs(server, "alice");
                var console = open(server, "#/channels", WebPage.dark())) {
            reader.call("subscribe", "\"channel\":\"chat:general\"");
            console.page().fill("#open-name", "chat:general");
            console.page().press("#open-name", "Enter");
            console.await("#channel-name", "^chat:general$");
            console.page().fill("#data", "{\"text\": ");
            console.page().click("text=Publish >> nth=-1");
            console.await("#publish-error", "^This is no JSON: ");
            console.page().fill("#event", "notice");
            console.page().fill("#data", "{\"text\": \"to all\"}");

            console.page().click("#publish-form button");
            var pushed = reader.next("message");
            awaitNewest(console, "{\"text\":\"to all\"}");
            console.page().selectOption("#type", "Text");
            console.page().fill("#data", "plain <b>text</b>");
            console.page().click("#publish-form button");
            awaitNewest(console, "plain <b>text</b>");

            assertThat(pushed.path("event").asString()).isEqualTo("notice");
            assertThat(pushed.path("data").path("text").asString()).isEqualTo("to all");
            assertThat(log.all())
                    .filteredOn(line -> line.startsWith("io.sluice.audit"))
                    .hasSize(2)
                    .allMatch(line -> line.contains("action=publish channel=chat:general position="));
            assertThat(console.visit().screenshot("console-channel-dark").faults())
                    .isEmpty();
        }
    }

    @Test
    void whatTheServerRefusesToPublishIsSaid() {
        try (var server = EdgeServer.inMemory();
                var console = open(server, "#/channels/news", WebPage.light())) {
            console.page().fill("#event", "bad\u0007event");

            console.page().click("#publish-form button");
            console.page().waitForFunction("() => document.querySelector('#publish-error').textContent.length > 10");

            assertThat(new ApiClient(server)
                            .admin("/v1/admin/channels/news")
                            .json()
                            .path("messages")
                            .asInt())
                    .isZero();
        }
    }

    @Test
    void aServerThatIsAwayIsSaidToBeAndTheConsoleComesBackByItself(@TempDir Path data) {
        try (var server = ServerProcess.demo(data, Map.of());
                var console = ConsolePage.open(chromium.browser(), server.admin(), "", WebPage.light())) {
            console.awaitTile("Sessions", "^0$");
            var before = new ApiClient(server).publish("news", "1");

            server.kill();
            console.await(
                    "#away:not([hidden])",
                    "^The server cannot be reached\\. Trying again by itself; .* \\d\\d:\\d\\d:\\d\\d\\.$");
            console.visit().screenshot("console-away-light");
            console.go("sessions");
            console.await("#sessions .note:not([hidden])", "^The server cannot be reached; trying again\\.$");
            server.startAgain();
            console.awaitLive();
            console.page().waitForSelector("#away", hidden());
            console.await("#sessions .note:not([hidden])", "^Nobody is connected\\.$");
            console.go("overview");
            console.awaitTile("Published", "^0/s$");

            assertThat(before).isNotEmpty();
            assertThat(console.visit().failures()).isEmpty();
        }
    }

    @Test
    void everyViewFitsAPhone() {
        try (var server = EdgeServer.inMemory();
                var reader = WebSocketClient.connectAs(server, "a-user-with-quite-a-long-name-for-a-phone");
                var console = open(server, "", WebPage.phone())) {
            var api = new ApiClient(server);
            reader.call("subscribe", "\"channel\":\"news\"");
            api.publish(
                    "orders:" + "eu-central-warehouse-".repeat(10), "{\"text\":\"" + "unbroken".repeat(200) + "\"}");

            console.awaitTile("Sessions", "^1$");
            var overview = console.visit().screenshot("console-overview-phone").faults();
            console.go("sessions");
            console.rows("sessions", "long-name").waitFor();
            var sessions = console.visit().screenshot("console-sessions-phone").faults();
            console.go("channels");
            console.rows("channels", "orders").waitFor();
            var channels = console.visit().screenshot("console-channels-phone").faults();
            console.page().click("#channels tbody a >> text=orders");
            console.page().click("#history summary");
            var channel = console.visit().screenshot("console-channel-phone").faults();

            assertThat(overview).isEmpty();
            assertThat(sessions).isEmpty();
            assertThat(channels).isEmpty();
            assertThat(channel).isEmpty();
        }
    }

    @Test
    void whoeverLooksDoesNotCountAmongTheSessions() {
        try (var server = EdgeServer.inMemory();
                var console = open(server, "", WebPage.light())) {
            console.awaitTile("Sessions", "^0$");

            assertThat(server.hub().sessions().count()).isZero();
            assertThat(server.hub().openChannels()).isEmpty();
        }
    }

    @Test
    void ratesAndPercentilesAreOfWhatCameBetweenTwoFigures() {
        try (var server = EdgeServer.inMemory();
                var console = open(server, "", WebPage.light())) {
            var found = console.page().evaluate("""
                    async () => {
                      const { Rates, quantile } = await import("/console/rates.js");
                      const before = { within: [1, 2, 4], counts: [10, 10, 10], count: 10 };
                      const after = { within: [1, 2, 4], counts: [10, 60, 110], count: 111 };
                      const total = (publications) => ({ publications, deliveries: 0, gaps: 0 });
                      const figures = (started, publications) =>
                        ({ server: { started }, total: total(publications), refusals: {}, publish: before, fanout: before });
                      const rates = new Rates();
                      const push = (second, ...said) =>
                        rates.push({ time: `2026-11-25T09:00:0${second}.000Z`, data: figures(...said) }).published ?? "none";
                      return [
                        quantile(before, after, 0.25).toFixed(3),
                        quantile(before, after, 0.5).toFixed(2),
                        String(quantile(before, after, 1)),
                        String(quantile(after, after, 0.5)),
                        ...[push(0, "a", 100), push(2, "a", 500), push(3, "b", 7), push(4, "b", 8)].map(String),
                      ];
                    }
                    """);

            assertThat(found).isEqualTo(List.of("1.505", "2.02", "4", "undefined", "none", "200", "none", "1"));
        }
    }

    private static void awaitNewest(ConsolePage console, String data) {
        console.page().waitForFunction("data => document.querySelector('#history pre')?.textContent === data", data);
    }

    private static com.microsoft.playwright.Page.WaitForSelectorOptions hidden() {
        return new com.microsoft.playwright.Page.WaitForSelectorOptions()
                .setState(com.microsoft.playwright.options.WaitForSelectorState.HIDDEN);
    }

    private static ConsolePage open(EdgeServer server, String view, Browser.NewContextOptions options) {
        return ConsolePage.open(chromium.browser(), server.admin(""), view, options);
    }
}
