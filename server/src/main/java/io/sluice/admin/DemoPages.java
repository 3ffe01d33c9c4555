package io.sluice.admin;

import java.util.List;

/** Every file of the jar's {@code web/} folder that the demo serves. A test compares it with the folders it comes from. */
public final class DemoPages {
    public static final List<String> FILES = List.of(
            "index.html",
            "chat.css",
            "chat.js",
            "chat-view.js",
            "favicon.svg",
            "graphql.css",
            "graphql.html",
            "graphql.js",
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

    private DemoPages() {}
}
