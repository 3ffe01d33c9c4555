package io.sluice.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Route;
import io.sluice.testkit.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every demo, driven in a real browser against a real server process. */
final class DemoPagesTest {
    private static final Pattern HTML = Pattern.compile("```html\\n(.*?)```", Pattern.DOTALL);

    /** Where it is another element than the client's state that says so. */
    private static final Map<String, String> READY =
            Map.of("index", ".demos", "chat", "#status[data-state=live]", "graphql", "#schema:not(:empty)");

    @TempDir
    private static Path data;

    private static ServerProcess server;
    private static Chromium chromium;

    @BeforeAll
    static void start() {
        server = ServerProcess.demo(data, Map.of());
        chromium = Chromium.launch();
    }

    @AfterAll
    static void stop() {
        chromium.close();
        server.close();
    }

    @Test
    void theFirstPageLeadsToEveryDemo() {
        try (var index = light("index", "alice")) {
            var links = index.page().locator(".demos a").all().stream()
                    .map(link -> link.getAttribute("href"))
                    .toList();

            assertThat(links)
                    .containsExactly(
                            "chat.html",
                            "scores.html",
                            "ride.html",
                            "document.html",
                            "notifications.html",
                            "stream.html",
                            "dashboard.html",
                            "transports.html",
                            "graphql.html");
            assertThat(index.screenshot("index-light").faults()).isEmpty();
        }
    }

    @Test
    void aGoalIsSeenByEverybodyWhoWatches() {
        try (var referee = light("scores", "alice").awaitLive();
                var fan = dark("scores", "bob").awaitLive()) {
            referee.click("button[aria-label='Goal for Harbour']");
            referee.click("button[aria-label='Goal for Harbour']");
            referee.click("button[aria-label='Goal for Old Town']");

            fan.awaitText(".score", "0 : 2");
            fan.awaitText(".score", "0 : 1");
            referee.awaitText(".score", "0 : 1");

            assertThat(fan.page().locator("#ticker li").count()).isEqualTo(3);
            assertThat(referee.screenshot("scores-light").faults()).isEmpty();
            assertThat(fan.screenshot("scores-dark").faults()).isEmpty();
        }
    }

    @Test
    void theCarMovesOnTheRidersMapAndALateRiderSeesItsTrail() {
        try (var driver = light("ride", "driver").awaitLive();
                var rider = dark("ride", "rider").awaitLive()) {
            for (int step = 0; step < 12; step++) {
                driver.click("#step");
            }
            rider.await("#count", "text === '12'");
            var place = rider.page().locator("#car").getAttribute("style");

            try (var late = light("ride", "late").awaitLive()) {
                late.await("#count", "text === '12'");
                assertThat(late.page().locator("#car").getAttribute("style")).isEqualTo(place);
                assertThat(late.page().locator("#trail").getAttribute("points").split(" "))
                        .hasSize(12);
            }
            assertThat(driver.screenshot("ride-light").faults()).isEmpty();
            assertThat(rider.screenshot("ride-dark").faults()).isEmpty();
        }
    }

    @Test
    void twoWhoWriteAtOnceEndWithTheSameTextThoughOneWasOffline() {
        try (var alice = light("document", "alice&doc=pair").awaitLive();
                var bob = dark("document", "bob&doc=pair").awaitLive()) {
            alice.page().locator("#text").pressSequentially("Agenda\n1. Gates\n");
            bob.page().waitForFunction("() => document.querySelector('#text').value.endsWith('Gates\\n')");
            bob.page().waitForSelector("#mirror span[data-user=alice]");
            bob.goOffline(true);
            bob.page().press("#text", "Control+End");
            bob.page().locator("#text").pressSequentially("2. Locks by bob\n");
            alice.page().press("#text", "Control+Home");
            alice.page().locator("#text").pressSequentially("Our ");
            bob.goOffline(false);

            var both = "() => document.querySelector('#text').value === 'Our Agenda\\n1. Gates\\n2. Locks by bob\\n'";
            alice.page().waitForFunction(both);
            bob.page().waitForFunction(both);

            assertThat(alice.screenshot("document-light").faults()).isEmpty();
            bob.screenshot("document-dark");
        }
    }

    @Test
    void aLateJoinerStartsFromASnapshot() {
        try (var writer = light("document", "writer&doc=long").awaitLive()) {
            for (int key = 0; key < 220; key++) {
                writer.page().locator("#text").pressSequentially(key % 20 == 19 ? "\n" : "x");
                writer.await("#updates", "Number(text) >= " + (key + 1));
            }

            try (var late = light("document", "late&doc=long").awaitLive()) {
                late.page()
                        .waitForFunction(
                                "expected => document.querySelector('#text').value === expected",
                                writer.page().inputValue("#text"));

                assertThat(late.text("#origin")).startsWith("a snapshot of");
                assertThat(late.faults()).isEmpty();
            }
        }
    }

    @Test
    void whatCameWhileTheInboxWasOfflineIsThereAndUnread() {
        try (var carol = light("notifications", "carol").awaitLive()) {
            carol.click("#send button");
            carol.await("#unread", "text === '1 new'");
            carol.click("#read");
            carol.page().waitForSelector("#unread", hidden());
            carol.click("#offline");
            carol.click("#send button");
            carol.click("#send button");
            carol.click("#offline");
            carol.await("#unread", "text === '2 new'");
            carol.await("#caught", "text.startsWith('2 came while')");

            assertThat(carol.page().locator("#inbox li.new").count()).isEqualTo(2);
            assertThat(carol.screenshot("notifications-light").faults()).isEmpty();
        }
    }

    @Test
    void anAnswerIsStoppedGoneOnWithAndReadOnAfterAPause() {
        try (var reader = dark("stream", "dave").awaitLive()) {
            reader.click("#ask button");
            reader.await("#tokens", "Number(text) > 10");
            reader.click("#stop");
            reader.page().waitForSelector("#more:enabled");
            int stopped = Integer.parseInt(reader.text("#tokens"));
            reader.screenshot("stream-dark");
            reader.click("#more");
            reader.await("#tokens", "Number(text) > " + (stopped + 5));
            reader.click("#pause");
            int paused = Integer.parseInt(reader.text("#tokens"));
            reader.click("#pause");
            reader.await("#tokens", "Number(text) > " + (paused + 5));
            reader.page()
                    .waitForFunction("() => document.querySelector('#answer').textContent.endsWith('in silence.')");

            assertThat(reader.text("#answer"))
                    .startsWith("A message is published once.")
                    .contains("the page asks for what comes after the last word that it has seen.");
            assertThat(reader.faults()).isEmpty();
        }
    }

    @Test
    void theDashboardShowsWhatTheMachinesReport() {
        try (var wall = dark("dashboard", "wall")) {
            wall.page().selectOption("#pause", "1000");
            wall.click("#report");
            wall.await(".tile polyline", "true");
            wall.page()
                    .waitForFunction(
                            "() => document.querySelector('.tile polyline').getAttribute('points')?.split(' ').length >= 6");
            wall.awaitLive();

            assertThat(wall.text(".tile b")).matches("\\d+ a minute");
            assertThat(Integer.parseInt(wall.text("#asked"))).isPositive();
            assertThat(wall.screenshot("dashboard-dark").faults()).isEmpty();
        }
    }

    @Test
    void oneMessageArrivesOnEveryTransport() {
        try (var compare = light("transports", "erin").awaitLive()) {
            compare.page()
                    .waitForFunction(
                            "() => [...document.querySelectorAll('#rows td:nth-child(2)')].every((cell) => cell.textContent === 'live')");
            compare.click("#send");
            compare.page()
                    .waitForFunction("() => document.querySelectorAll('#rows tr[data-received=\"1\"]').length === 5");

            var bytes = compare.page().locator("#rows td:nth-child(4)").allTextContents();
            assertThat(bytes).allMatch(text -> text.matches("[\\d,.]+ B"));
            assertThat(compare.screenshot("transports-light").faults()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "index",
                "chat",
                "scores",
                "ride",
                "document",
                "notifications",
                "stream",
                "dashboard",
                "transports",
                "graphql"
            })
    void thePageIsWithoutFaultsLightDarkAndOnAPhone(String name) {
        var faults = new ArrayList<String>();
        var looks = Map.of("light", WebPage.light(), "dark", WebPage.dark(), "phone", WebPage.phone());

        looks.forEach((look, options) -> {
            try (var page = open(name, look, options)) {
                page.page().waitForSelector(READY.getOrDefault(name, "#state[data-state=live]"));
                System.out.println(name + " (" + look + ") interactive after " + page.interactiveMillis() + " ms");
                page.screenshot(name + "-first-" + look).faults().forEach(fault -> faults.add(look + ": " + fault));
            }
        });

        assertThat(faults).isEmpty();
    }

    @Test
    void aPageThatIsWiderThanThePhoneIsFound() {
        try (var page = open("index", "wide", WebPage.phone())) {
            page.page().evaluate("() => { document.querySelector('h1').style.width = '500px'; }");

            assertThat(page.faults()).anyMatch(fault -> fault.startsWith("wider than the window"));
        }
    }

    @Test
    void whatIsPublishedOfflineSurvivesAReloadOfThePage() {
        var begin = """
                async (text) => {
                  const { connect } = await import("/sdk/sluice.js");
                  globalThis.client = connect(location.origin, { persist: true, backoff: { cap: 500 } });
                  if (text) client.channel("offline").publish(text);
                }
                """;
        try (var page = light("index", "alice")) {
            page.page().evaluate(begin, "");
            page.goOffline(true);
            page.page().evaluate("() => { client.channel('offline').publish('from the tunnel'); }");
            page.goOffline(false);
            page.page().route("**/v1/channels/offline/messages**", Route::abort);
            page.page().reload();
            page.page().unroute("**/v1/channels/offline/messages**");
            page.page().evaluate(begin, "");

            var stored = page.page().evaluate("""
                    async () => {
                      const { promise, resolve } = Promise.withResolvers();
                      client.channel("offline").subscribe(({ data }) => resolve(data), { after: "earliest" });
                      return promise;
                    }
                    """);

            assertThat(stored).isEqualTo("from the tunnel");
            page.page()
                    .waitForFunction(
                            "() => client.queued === 0 && Object.keys(localStorage).every((key) => !key.includes('outbox'))");
        }
    }

    @Test
    void thePageOfTheGuideShowsWhatIsPublished() throws IOException {
        var guide = Files.readString(Path.of("..", "docs", "guide", "javascript.md"));
        var html = HTML.matcher(guide);
        assertThat(html.find()).isTrue();
        var source =
                html.group(1).replace("http://127.0.0.1:8080", server.edge().toString());
        try (var page = light("index", "alice")) {
            page.page()
                    .route(
                            "**/guide.html",
                            route -> route.fulfill(new Route.FulfillOptions()
                                    .setContentType("text/html")
                                    .setBody(source)));
            page.page().navigate(server.edge().resolve("/guide.html").toString());

            page.page().evaluate("""
                    async () => {
                      const { connect } = await import("/sdk/sluice.js");
                      await connect(location.origin).channel("news").publish({ text: "read in the guide" });
                    }
                    """);

            page.awaitText("#list li", "read in the guide");
        }
    }

    private static com.microsoft.playwright.Page.WaitForSelectorOptions hidden() {
        return new com.microsoft.playwright.Page.WaitForSelectorOptions()
                .setState(com.microsoft.playwright.options.WaitForSelectorState.HIDDEN);
    }

    private static WebPage light(String name, String user) {
        return open(name, user, WebPage.light());
    }

    private static WebPage dark(String name, String user) {
        return open(name, user, WebPage.dark());
    }

    private static WebPage open(String name, String user, Browser.NewContextOptions options) {
        return WebPage.open(chromium.browser(), server.edge().resolve("/" + name + ".html?name=" + user), options);
    }
}
