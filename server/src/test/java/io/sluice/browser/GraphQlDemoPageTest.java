package io.sluice.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.sluice.testkit.ApiClient;
import io.sluice.testkit.EdgeServer;
import io.sluice.testkit.Eventually;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** The demo's query page in a real browser. */
final class GraphQlDemoPageTest {
    @Test
    void runsOperationsFollowsSubscriptionsAndShowsTheSchema() {
        try (var server = EdgeServer.inMemory();
                var chromium = Chromium.launch();
                var page = chromium.browser().newPage()) {
            var mistakes = new ArrayList<String>();
            page.onPageError(mistakes::add);
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    mistakes.add(message.text());
                }
            });

            page.navigate(server.uri("/graphql.html").toString());
            page.waitForFunction("() => document.getElementById('schema').textContent.includes('type Channel {')");
            run(page, "Publish");
            page.waitForFunction("() => document.getElementById('results').textContent.includes('.1\"')");
            run(page, "Read a channel");
            page.waitForFunction("() => document.getElementById('results').textContent.includes('hello')");
            run(page, "Subscribe");
            page.waitForFunction("() => document.getElementById('results').textContent.includes('cursor')");
            new ApiClient(server).publish("news", "\"live\"");
            page.waitForFunction("() => document.getElementById('results').textContent.includes('\"live\"')");
            page.click("#stop");
            Eventually.holds(() -> server.hub().sessions().count() == 0);

            assertThat(mistakes).isEmpty();
        }
    }

    private static void run(Page page, String example) {
        page.selectOption("#example", example);
        page.click("#run");
    }
}
