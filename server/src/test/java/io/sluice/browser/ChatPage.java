package io.sluice.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.net.URI;
import java.util.List;

/** The demo chat in a browser profile of its own, as its user sees it. Used by one thread. */
final class ChatPage implements AutoCloseable {
    private final WebPage visit;
    private final Page page;

    private ChatPage(WebPage visit) {
        this.visit = visit;
        this.page = visit.page();
        awaitLive();
    }

    static ChatPage open(Browser browser, URI edge, String name, Browser.NewContextOptions options) {
        return new ChatPage(WebPage.open(browser, edge.resolve("/chat.html?name=" + name), options));
    }

    Page page() {
        return page;
    }

    void say(String text) {
        page.fill("#text", text);
        page.press("#text", "Enter");
    }

    /** Presses keys without sending. */
    void type(String text) {
        page.locator("#text").pressSequentially(text);
    }

    void enter(String channel) {
        page.click(".room[data-channel='" + channel + "']");
    }

    /** Clicks a transport ({@code websocket}, {@code sse}, {@code longpoll}, {@code poll}) and waits until it is live. */
    void switchTo(String transport) {
        page.click(".transports label:has(input[value=" + transport + "])");
        awaitLive();
    }

    void awaitLive() {
        page.waitForSelector("#status[data-state=live]");
    }

    void awaitReconnecting() {
        page.waitForSelector("#status[data-state=waiting]");
    }

    void goOffline(boolean offline) {
        visit.goOffline(offline);
    }

    void awaitLine(String text) {
        page.locator(".line .text")
                .getByText(text, new Locator.GetByTextOptions().setExact(true))
                .waitFor();
    }

    void awaitLines(int count) {
        page.waitForFunction("count => document.querySelectorAll('.line').length >= count", count);
    }

    void awaitSeen(String selector, String text) {
        page.locator(selector)
                .filter(new Locator.FilterOptions().setHasText(text))
                .first()
                .waitFor();
    }

    /** Waits until the unread badge of a room shows {@code count}; empty for none. */
    void awaitUnread(String channel, String count) {
        page.waitForFunction(
                "([channel, count]) => document.querySelector(`.room[data-channel='${channel}'] .unread`).textContent === count",
                List.of(channel, count));
    }

    int lineCount() {
        return page.locator(".line").count();
    }

    /** The texts of the open room, from the top. */
    List<String> lines() {
        return page.locator(".line .text").allTextContents();
    }

    /** What the page shows between lines, in order with them: {@code line}, {@code gap}, {@code mark}. */
    @SuppressWarnings("unchecked")
    List<String> kinds() {
        return (List<String>)
                page.evaluate("() => [...document.querySelectorAll('.lines > li')].map(item => item.classList[0])");
    }

    /** What the browser complained about on its console. */
    List<String> complaints() {
        return visit.complaints();
    }

    /** Uncaught errors of the page's scripts. */
    List<String> failures() {
        return visit.failures();
    }

    /** Everything that a careful visitor would find wrong. */
    List<String> faults() {
        return visit.faults();
    }

    void screenshot(String name) {
        visit.screenshot(name);
    }

    @Override
    public void close() {
        visit.close();
    }
}
