package io.sluice.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.ColorScheme;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo chat in a real browser, served by a real server process. */
final class ChatPageTest {
    private static final List<String> ROUND = List.of("sse", "longpoll", "poll", "websocket");

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
    void twoPeopleSeeEachOtherTypeAndTalk(@TempDir Path data) {
        try (var server = ServerProcess.demo(data, Map.of());
                var alice = open(server, "alice", ColorScheme.LIGHT);
                var bob = open(server, "bob", ColorScheme.DARK)) {
            alice.awaitSeen("#people li", "bob");
            bob.awaitSeen("#people li", "alice");

            bob.say("hello alice");
            alice.awaitLine("hello alice");
            alice.type("hello b");
            bob.awaitSeen("#typing", "alice is typing");
            alice.screenshot("chat-light");
            bob.screenshot("chat-dark");
            alice.say("hello bob");
            bob.awaitLine("hello bob");

            assertThat(bob.lines()).isEqualTo(alice.lines()).containsExactly("hello alice", "hello bob");
            assertThat(bob.page().textContent("#typing")).isEmpty();
            assertThat(alice.complaints()).isEmpty();
            assertThat(alice.failures()).isEmpty();
            assertThat(bob.complaints()).isEmpty();
            assertThat(bob.failures()).isEmpty();
        }
    }

    @Test
    void somebodyWhoLeavesIsNoLongerHere(@TempDir Path data) {
        try (var server = ServerProcess.demo(data, Map.of("SLUICE_HUB_PRESENCE_GRACE", "2s"));
                var alice = open(server, "alice", ColorScheme.LIGHT)) {
            var bob = open(server, "bob", ColorScheme.LIGHT);
            alice.awaitSeen("#people li", "bob");

            bob.close();

            alice.page().waitForFunction("() => !document.querySelector(\"#people li[data-user='bob']\")");
            assertThat(alice.complaints()).isEmpty();
        }
    }

    @Test
    void roomsThatAreNotOpenCountWhatIsUnreadAndRememberIt(@TempDir Path data) {
        try (var server = ServerProcess.demo(data, Map.of());
                var alice = open(server, "alice", ColorScheme.LIGHT);
                var bob = open(server, "bob", ColorScheme.LIGHT)) {
            alice.enter("chat:random");
            alice.say("tea?");
            alice.say("or coffee?");
            bob.awaitUnread("chat:random", "2");

            bob.enter("chat:random");
            bob.awaitLine("or coffee?");
            bob.awaitUnread("chat:random", "");
            bob.page().waitForResponse(response -> response.url().contains("/read"), () -> bob.enter("chat:random"));
            bob.enter("chat:general");
            alice.say("both, then");
            bob.awaitUnread("chat:random", "1");
            bob.page().reload();
            bob.awaitLive();

            bob.awaitUnread("chat:random", "1");
            assertThat(bob.failures()).isEmpty();
            assertThat(bob.complaints()).isEmpty();
        }
    }

    @Test
    void everyLineComesOnceAndInOrderWhileTheTransportIsSwitched(@TempDir Path data) {
        try (var server = ServerProcess.demo(data, Map.of());
                var switching = open(server, "alice", ColorScheme.LIGHT);
                var staying = open(server, "bob", ColorScheme.LIGHT);
                var announcer = new Announcer(server.edge(), "chat:general", Duration.ofMillis(5))) {

            for (int round = 0; round < 4; round++) {
                for (var transport : ROUND) {
                    switching.switchTo(transport);
                    switching.awaitLines(switching.lineCount() + 10);
                }
            }
            var announced = announcer.finish();
            switching.awaitLine(announced.getLast());
            staying.awaitLine(announced.getLast());

            assertThat(switching.lines()).isEqualTo(announced);
            assertThat(staying.lines()).isEqualTo(announced);
            assertThat(switching.kinds()).doesNotContain("gap");
            assertThat(switching.complaints()).isEmpty();
            assertThat(switching.failures()).isEmpty();
        }
    }

    @Test
    void everyLineComesOnceAndInOrderThoughTheServerIsKilledUnderEachTransport(@TempDir Path data) {
        try (var server = ServerProcess.demo(data, Map.of());
                var switching = open(server, "alice", ColorScheme.LIGHT);
                var staying = open(server, "bob", ColorScheme.LIGHT);
                var announcer = new Announcer(server.edge(), "chat:general", Duration.ofMillis(10))) {

            for (var transport : ROUND) {
                switching.switchTo(transport);
                switching.awaitLines(switching.lineCount() + 5);
                server.kill();
                switching.awaitReconnecting();
                server.startAgain();
                switching.awaitLive();
                switching.awaitLines(switching.lineCount() + 5);
            }
            switching.say("still here");
            var announced = announcer.finish();
            for (var page : List.of(switching, staying)) {
                page.awaitLine(announced.getLast());
                page.awaitLine("still here");
            }

            assertThat(switching.lines())
                    .filteredOn(text -> text.startsWith("line "))
                    .isEqualTo(announced);
            assertThat(staying.lines()).isEqualTo(switching.lines());
            assertThat(switching.kinds()).doesNotContain("gap");
            assertThat(switching.failures()).isEmpty();
            assertThat(staying.failures()).isEmpty();
        }
    }

    @Test
    void whatTheLogNoLongerHoldsIsShownAsAGap(@TempDir Path data) throws Exception {
        var shortMemory = Map.of("SLUICE_HUB_NAMESPACES_DEFAULT_MAX_MESSAGES", "10");
        try (var server = ServerProcess.demo(data, shortMemory);
                var reader = open(server, "alice", ColorScheme.LIGHT)) {
            reader.switchTo("poll");
            reader.say("before");
            reader.awaitLine("before");

            reader.goOffline(true);
            reader.awaitReconnecting();
            for (int n = 1; n <= 25; n++) {
                publish(server, "line " + n);
            }
            reader.goOffline(false);
            reader.awaitLine("line 25");

            assertThat(reader.lines())
                    .startsWith("before", "line 16")
                    .endsWith("line 25")
                    .hasSize(11);
            assertThat(reader.kinds())
                    .containsSubsequence("line", "gap", "line")
                    .containsOnlyOnce("gap");
            reader.screenshot("chat-gap");
            assertThat(reader.failures()).isEmpty();
        }
    }

    @Test
    void thePageFitsAPhone(@TempDir Path data) {
        try (var server = ServerProcess.demo(data, Map.of());
                var carol = ChatPage.open(chromium.browser(), server.edge(), "carol", WebPage.phone())) {
            carol.say("from a phone");
            carol.awaitLine("from a phone");
            carol.screenshot("chat-phone");

            assertThat(carol.faults()).isEmpty();
        }
    }

    private static void publish(ServerProcess server, String text) {
        new ApiClient(server).post("/v1/channels/chat:general/messages", text, "Content-Type", "text/plain");
    }

    private static ChatPage open(ServerProcess server, String name, ColorScheme scheme) {
        return ChatPage.open(
                chromium.browser(), server.edge(), name, new Browser.NewContextOptions().setColorScheme(scheme));
    }
}
