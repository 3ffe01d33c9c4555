package io.sluice.admin;

import java.util.List;
import java.util.stream.Stream;

/** Every file of the jar's {@code web/} folder that the demo serves. A test compares the lists with the folders they come from. */
public final class DemoPages {
    public static final String POLICY = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final List<String> PAGES = List.of(
            "index.html",
            "index.css",
            "theme.css",
            "demo.css",
            "demo.js",
            "favicon.svg",
            "chat-view.js",
            "chat.css",
            "chat.html",
            "chat.js",
            "dashboard.css",
            "dashboard.html",
            "dashboard.js",
            "document.css",
            "document.html",
            "document.js",
            "graphql.css",
            "graphql.html",
            "graphql.js",
            "grpc-web.js",
            "model.js",
            "notifications.css",
            "notifications.html",
            "notifications.js",
            "ride.css",
            "ride.html",
            "ride.js",
            "scores.css",
            "scores.html",
            "scores.js",
            "stream.css",
            "stream.html",
            "stream.js",
            "transports.css",
            "transports.html",
            "transports.js");

    /** The JavaScript client, as it is in {@code clients/js/src}. */
    public static final List<String> CLIENT = List.of(
            "sdk/sluice.js",
            "sdk/backoff.js",
            "sdk/channel.js",
            "sdk/client.js",
            "sdk/connection.js",
            "sdk/error.js",
            "sdk/http-api.js",
            "sdk/ladder.js",
            "sdk/outbox.js",
            "sdk/runtime.js",
            "sdk/state.js",
            "sdk/transports.js",
            "sdk/types.js",
            "sdk/transport/event-stream.js",
            "sdk/transport/longpoll.js",
            "sdk/transport/places.js",
            "sdk/transport/poll.js",
            "sdk/transport/polling.js",
            "sdk/transport/sse.js",
            "sdk/transport/websocket.js");

    public static final List<String> FILES =
            Stream.concat(PAGES.stream(), CLIENT.stream()).toList();

    /** What the build could only take in where npm was at hand; a page that misses it says so. */
    public static final List<String> OPTIONAL = List.of("lib/yjs.js");

    private DemoPages() {}
}
