package io.sluice.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import io.sluice.testkit.WebSocketClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The console without a mouse, in a real browser. */
final class ConsoleKeyboardTest {
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
    void aWalkReachesEverythingOfEveryViewInItsOrder() {
        try (var server = EdgeServer.inMemory();
                var alice = WebSocketClient.connectAs(server, "alice");
                var bob = WebSocketClient.connectAs(server, "bob");
                var desk = open(server, "", WebPage.light());
                var phone = open(server, "", WebPage.phone())) {
            var api = new ApiClient(server);
            for (int n = 0; n < 40; n++) {
                api.publish("orders:eu", "{\"text\":\"" + "long".repeat(n * 10) + "\"}");
            }
            alice.call("subscribe", "\"channel\":\"news\"");
            bob.call("subscribe", "\"channel\":\"news\"");

            for (var console : List.of(desk, phone)) {
                console.awaitTile("Sessions", "^2$");
                walk(console, 4);
                console.go("sessions");
                console.rows("sessions", "bob").waitFor();
                walk(console, 7);
                console.go("channels");
                console.rows("channels", "orders:eu").waitFor();
                walk(console, 9);
                console.page().click("text=orders:eu");
                console.page().waitForSelector("#older:enabled");
                walk(console, 4 + 1 + 4 + 1 + 25);
            }
        }
    }

    /** @param stops that there are at least: a walk over nothing would prove nothing */
    private static void walk(ConsolePage console, int stops) {
        var operable = console.operable();

        assertThat(operable).hasSizeGreaterThanOrEqualTo(stops).startsWith("a Sluice", "a Overview");
        assertThat(console.walk())
                .containsExactlyElementsOf(operable.stream().distinct().toList());
    }

    @Test
    void everythingIsDoneByKeyboard() {
        try (var server = EdgeServer.inMemory();
                var alice = WebSocketClient.connectAs(server, "alice");
                var console = open(server, "#/sessions", WebPage.light())) {
            console.rows("sessions", "alice").waitFor();
            var walked = new ArrayList<String>();

            for (int n = 0; n < 6; n++) {
                walked.add(console.press("Tab"));
            }
            console.press("Enter");
            var asked = console.press("Tab");
            console.press("Enter");
            console.await("#told", "was cut");
            console.page().focus("nav a[data-view=channels]");
            console.press("Enter");
            var search = console.press("Tab");
            var openName = console.press("Tab");
            console.page().keyboard().type("news");
            console.press("Enter");
            console.await("#channel-name", "^news$");
            var back = console.press("Shift+Tab");
            console.page().focus("#data");
            console.page().keyboard().press("Tab");
            console.press("Enter");
            console.page()
                    .waitForFunction(
                            "data => document.querySelector('#history pre')?.textContent === data",
                            "{\"text\":\"hello\"}");

            assertThat(walked)
                    .startsWith("a Sluice", "a Overview", "a Sessions", "a Channels")
                    .noneMatch(step -> step.startsWith("unseen") || step.startsWith("covered"))
                    .last()
                    .asString()
                    .startsWith("button Cut session ");
            assertThat(asked).isEqualTo("cut-yes");
            assertThat(alice.closeCode()).isEqualTo(4401);
            assertThat(List.of(search, openName, back))
                    .containsExactly("input part of a name", "open-name", "a \u2039 All channels");
            Eventually.holds(() -> server.hub().sessions().count() == 0);
        }
    }

    @Test
    void theQuestionHoldsTheFocusAndGivesItBack() {
        try (var server = EdgeServer.inMemory();
                var alice = WebSocketClient.connectAs(server, "alice");
                var console = open(server, "#/sessions", WebPage.dark())) {
            console.rows("sessions", "alice").waitFor();
            console.page().focus("#sessions tbody button");
            var cut = console.focused();

            console.press("Enter");
            var first = console.focused();
            var second = console.press("Tab");
            console.press("Tab");
            var within = console.page()
                    .evaluate("() => document.activeElement === document.body"
                            + " || document.querySelector('#cut').contains(document.activeElement)");
            console.press("Escape");

            assertThat(List.of(first, second)).containsExactly("cut-no", "cut-yes");
            assertThat(within).isEqualTo(true);
            assertThat(console.focused()).isEqualTo(cut);
            alice.call("ping", "");
        }
    }

    @Test
    void theFocusStaysInTheListWhateverComesAndGoes() {
        try (var server = EdgeServer.inMemory();
                var alice = WebSocketClient.connectAs(server, "alice");
                var bob = WebSocketClient.connectAs(server, "bob");
                var carol = WebSocketClient.connectAs(server, "carol");
                var console = open(server, "#/sessions", WebPage.light())) {
            console.await("#sessions .count", "^3$");
            var users = console.page().locator("#sessions tbody td:first-child").allTextContents();
            var clients = new ArrayList<>(users.stream()
                    .map(user -> user.equals("alice") ? alice : user.equals("bob") ? bob : carol)
                    .toList());
            console.page().focus("#sessions tbody tr:nth-child(2) button");

            clients.get(0).close();
            console.await("#sessions .count", "^2$");
            var afterAnother = console.focused();
            clients.get(1).close();
            console.await("#sessions .count", "^1$");
            var afterItsOwn = console.focused();
            clients.get(2).close();
            console.await("#sessions .count", "^0$");

            assertThat(afterAnother).endsWith(" of " + users.get(1));
            assertThat(afterItsOwn).endsWith(" of " + users.get(2));
            assertThat(console.focused()).isEqualTo("input user, transport or id");
        }
    }

    private static ConsolePage open(EdgeServer server, String view, Browser.NewContextOptions options) {
        return ConsolePage.open(chromium.browser(), server.admin(""), view, options);
    }
}
