package io.sluice.admin;

import java.util.List;

/** Every file of the jar's {@code web/} folder that the demo serves. A test compares it with the folders it comes from. */
public final class DemoPages {
    public static final List<String> FILES = List.of(
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
            "transports.js",
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

    /** What the build could only take in where npm was at hand; a page that misses it says so. */
    public static final List<String> OPTIONAL = List.of("lib/yjs.js");

    private DemoPages() {}
}
