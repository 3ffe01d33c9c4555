package io.sluice.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sluice.browser.Chromium;
import io.sluice.testkit.ApiClient;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.regex.Pattern;

/** Opens a page in Chromium, from the origin {@code http://127.0.0.1:3100}; it must show what is published to its channel. */
final class HtmlRunner implements BlockRunner {
    private static final Pattern CHANNEL = Pattern.compile("channel(?:=|\\(\")([a-z:]+)");

    @Override
    public String run(Block block, Stage stage) throws Exception {
        var html = stage.local(block.body());
        var origin = URI.create(stage.local("http://127.0.0.1:3100/"));
        var channel = CHANNEL.matcher(html);
        assertThat(channel.find()).isTrue();
        var files = HttpServer.create(new InetSocketAddress(origin.getHost(), origin.getPort()), 0);
        files.createContext("/", exchange -> {
            boolean page = exchange.getRequestURI().getPath().equals("/");
            var bytes = page ? html.getBytes(StandardCharsets.UTF_8) : new byte[0];
            exchange.getResponseHeaders().add("content-type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(page ? 200 : 204, page ? bytes.length : -1);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        files.start();
        var complaints = new ArrayList<String>();
        try (var chromium = Chromium.launch()) {
            new ApiClient(stage.server()).publish(channel.group(1), "{\"text\":\"shown by the page\"}");
            var page = chromium.browser().newPage();
            page.onPageError(complaints::add);
            page.onConsoleMessage(message -> complaints.add(message.text()));
            page.navigate(origin.toString());
            page.getByText("shown by the page").first().waitFor();
        } finally {
            files.stop(0);
        }
        assertThat(complaints).isEmpty();
        return "";
    }
}
