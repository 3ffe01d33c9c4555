package io.sluice.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.net.URI;
import java.util.List;

/** The console in a browser profile of its own, as an operator sees it. Used by one thread. */
final class ConsolePage implements AutoCloseable {
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

    /** What the key reaches next: an id, or a tag and its text. The element must be seen to have the focus. */
    String press(String key) {
        page.keyboard().press(key);
        return (String) page.evaluate("""
                () => {
                  const at = document.activeElement;
                  if (!at || at === document.body) return "";
                  const { outlineStyle, outlineWidth } = getComputedStyle(at);
                  const seen = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
                  return (seen ? "" : "unseen ") + (at.id || `${at.localName} ${at.ariaLabel ?? at.textContent.trim()}`);
                }
                """);
    }

    @Override
    public void close() {
        visit.close();
    }
}
