package io.sluice.admin;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.http.HttpRoutes;
import java.util.List;
import java.util.stream.Stream;

/** The console: files of the jar's {@code web/} folder at {@code /console/}, which {@code /} and {@code /console} lead to. */
public final class ConsolePages {
    public static final List<String> FILES = Stream.concat(
                    Stream.of(
                            "console/index.html",
                            "console/console.css",
                            "console/console.js",
                            "console/overview.js",
                            "console/rates.js",
                            "console/chart.js",
                            "console/sessions.js",
                            "console/channels.js",
                            "console/channel.js",
                            "console/listing.js",
                            "console/page.js",
                            "theme.css",
                            "favicon.svg"),
                    DemoPages.CLIENT.stream())
            .toList();

    /** Nothing but the listener's own files, and nothing that a page of elsewhere could frame. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private ConsolePages() {}

    public static void addTo(HttpRoutes routes) {
        new WebPages(FILES, List.of(), POLICY).addTo(routes);
        redirect(routes, "/");
        redirect(routes, "/console");
    }

    private static void redirect(HttpRoutes routes, String from) {
        routes.add("GET", from, exchange -> {
            exchange.responseHeaders().set(HttpHeaderNames.LOCATION, "/console/");
            exchange.respond(307, Unpooled.EMPTY_BUFFER);
        });
    }
}
