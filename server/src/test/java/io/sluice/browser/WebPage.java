package io.sluice.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A page in a browser profile of its own, and what a careful visitor would find wrong with it. Used by one thread. */
final class WebPage implements AutoCloseable {
    /** A quarter of what still counts as good. */
    private static final double MAX_SHIFT = 0.025;

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final String WATCH_SHIFTS = """
            window.shift = 0;
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
            }).observe({ type: "layout-shift", buffered: true });
            """;

    private final BrowserContext profile;
    private final Page page;
    private final List<String> complaints = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    private WebPage(BrowserContext profile, URI address) {
        this.profile = profile;
        page = profile.newPage();
        page.setDefaultTimeout(20_000);
        page.addInitScript(WATCH_SHIFTS);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(failures::add);
        page.navigate(address.toString());
    }

    static WebPage open(Browser browser, URI address, Browser.NewContextOptions options) {
        return new WebPage(browser.newContext(options), address);
    }

    static Browser.NewContextOptions light() {
        return new Browser.NewContextOptions().setColorScheme(ColorScheme.LIGHT);
    }

    static Browser.NewContextOptions dark() {
        return new Browser.NewContextOptions().setColorScheme(ColorScheme.DARK);
    }

    /** As narrow as phones are. */
    static Browser.NewContextOptions phone() {
        return new Browser.NewContextOptions()
                .setViewportSize(360, 740)
                .setDeviceScaleFactor(2)
                .setHasTouch(true)
                .setIsMobile(true);
    }

    Page page() {
        return page;
    }

    WebPage awaitLive() {
        page.waitForSelector("#state[data-state=live]");
        return this;
    }

    void click(String selector) {
        page.click(selector);
    }

    /** Waits until an element with exactly this text is there. */
    void awaitText(String selector, String text) {
        page.locator(selector)
                .getByText(text, new Locator.GetByTextOptions().setExact(true))
                .first()
                .waitFor();
    }

    /** Waits until the expression over {@code text}, the element's, is true. */
    void await(String selector, String expression) {
        page.waitForFunction(
                "selector => { const text = document.querySelector(selector)?.textContent ?? ''; return " + expression
                        + "; }",
                selector);
    }

    String text(String selector) {
        return page.locator(selector).first().textContent();
    }

    void goOffline(boolean offline) {
        profile.setOffline(offline);
    }

    /** What the browser complained about on its console. */
    List<String> complaints() {
        return complaints;
    }

    /** Uncaught errors of the page's scripts. */
    List<String> failures() {
        return failures;
    }

    /** What the console said, what threw, what moved by itself, what is hard to read, what does not fit. */
    List<String> faults() {
        var faults = new ArrayList<>(complaints);
        faults.addAll(failures);
        double shift = ((Number) page.evaluate("shift")).doubleValue();
        if (shift > MAX_SHIFT) {
            faults.add("the layout shifted by " + shift);
        }
        for (var poor : (List<?>) page.evaluate(script("contrast.js"))) {
            faults.add("contrast " + poor);
        }
        // Not innerWidth: on a phone that grows with what does not fit.
        var overflow = ((Number)
                        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
                .intValue();
        if (overflow > 0) {
            faults.add("wider than the window by " + overflow);
        }
        return faults;
    }

    /** How long the page took until its scripts had run, in milliseconds. */
    int interactiveMillis() {
        return ((Number) page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
                .intValue();
    }

    WebPage screenshot(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
        return this;
    }

    @Override
    public void close() {
        profile.close();
    }

    static String script(String name) {
        try (var in = WebPage.class.getResourceAsStream("/browser/" + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
