package io.sluice.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** The console in a browser profile of its own, as an operator sees it. Used by one thread. */
final class ConsolePage implements AutoCloseable {
    private static final String NAMED =
            "const named = (one) => one.id || `${one.localName} ${one.ariaLabel ?? (one.textContent.trim() || one.placeholder)}`;";

    private final WebPage visit;
    private final Page page;

    private ConsolePage(WebPage visit) {
        this.visit = visit;
        this.page = visit.page();
    }

    /** @param view what follows the console's address, such as {@code #/sessions} */
    static ConsolePage open(Browser browser, URI admin, String view, Browser.NewContextOptions options) {
        var opened = new ConsolePage(WebPage.open(browser, admin.resolve("/console/" + view), options));
        opened.awaitLive();
        return opened;
    }

    Page page() {
        return page;
    }

    WebPage visit() {
        return visit;
    }

    void awaitLive() {
        page.waitForSelector("#state[data-state=live]");
    }

    void go(String view) {
        page.click("nav a[data-view=" + view + "]");
        page.waitForSelector("#" + view + ":visible");
    }

    /** Waits until the tile of this title shows what matches {@code pattern}, a JavaScript regular expression. */
    void awaitTile(String title, String pattern) {
        page.waitForFunction("""
                ([title, pattern]) => [...document.querySelectorAll(".tile")]
                  .some((tile) => tile.querySelector("h2").textContent === title && new RegExp(pattern).test(tile.querySelector("b").textContent))
                """, List.of(title, pattern));
    }

    /** Waits until the text of the element matches {@code pattern}. */
    void await(String selector, String pattern) {
        page.waitForFunction(
                "([selector, pattern]) => new RegExp(pattern).test(document.querySelector(selector)?.textContent ?? '')",
                List.of(selector, pattern));
    }

    /** The rows of a list whose text holds {@code text}. */
    Locator rows(String list, String text) {
        return page.locator("#" + list + " tbody tr").filter(new Locator.FilterOptions().setHasText(text));
    }

    /** What the history shows, the newest first. */
    List<String> history() {
        return page.locator("#history pre").allTextContents();
    }

    /** What the key reaches next, by its id, or its tag and its text; it says so when one cannot see that it has the focus. */
    String press(String key) {
        page.keyboard().press(key);
        return focused();
    }

    /** What has the focus, as {@link #press} says it; empty when nothing has. */
    String focused() {
        return (String) page.evaluate("() => { " + NAMED + """
                const at = document.activeElement;
                if (!at || at === document.body) return "";
                const { outlineStyle, outlineWidth } = getComputedStyle(at);
                const { left, top, width, height } = at.getBoundingClientRect();
                const above = document.elementFromPoint(left + width / 2, top + height / 2);
                const seen = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
                const free = above && (at.contains(above) || above.contains(at));
                return (seen ? "" : "unseen ") + (free ? "" : "covered ") + named(at);
                }
                """);
    }

    /** All that the Tab key reaches, from the top of the page to its end. */
    List<String> walk() {
        page.evaluate(
                "() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); }");
        var stops = new ArrayList<String>();
        var stop = press("Tab");
        while (!stop.isEmpty() && !stops.contains(stop)) {
            stops.add(stop);
            stop = press("Tab");
        }
        return stops;
    }

    /** What can be operated now, in the order of the page: what {@link #walk} is to reach. */
    @SuppressWarnings("unchecked")
    List<String> operable() {
        return (List<String>) page.evaluate("() => { " + NAMED + """
                return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
                  .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0)
                  .map(named);
                }
                """);
    }

    @Override
    public void close() {
        visit.close();
    }
}
