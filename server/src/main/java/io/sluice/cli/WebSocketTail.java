package io.sluice.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Follows over WebSocket, subprotocol {@code sluice.v1.json}; keeps one position per channel. */
final class WebSocketTail implements Tail {
    private static final Duration SILENCE = Duration.ofSeconds(70);

    private final TailPlace place;
    private final Map<String, String> positions = new HashMap<>();

    WebSocketTail(TailPlace place) {
        this.place = place;
        if (place.after() != null) {
            place.channels().forEach(channel -> positions.put(channel, place.after()));
        }
    }

    @Override
    public void follow(Sink sink, Runnable healthy) throws Broken, InterruptedException {
        var inbox = new Inbox();
        var socket = connect(inbox);
        try {
            socket.sendText(subscribe(), true);
            while (!sink.isFull()) {
                var text = inbox.lines.poll(SILENCE.toMillis(), TimeUnit.MILLISECONDS);
                if (text == null) {
                    throw Broken.passing("the server fell silent");
                }
                if (text.startsWith(Inbox.ENDED)) {
                    throw ended(text);
                }
                var push = Json.read(text);
                if (push != null) {
                    take(push, text, sink, healthy);
                }
                socket.request(1);
            }
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
        } finally {
            socket.abort();
        }
    }

    private WebSocket connect(Inbox inbox) throws Broken {
        var uri = place.hub().at("/v1/ws", place.environment()).toString().replaceFirst("^http", "ws");
        var builder = place.client().newWebSocketBuilder().subprotocols("sluice.v1.json");
        var token = place.hub().token(place.environment());
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        try {
            return builder.buildAsync(URI.create(uri), inbox).join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof WebSocketHandshakeException refused) {
                var response = refused.getResponse();
                throw Broken.refused(
                        response.statusCode(),
                        "",
                        response.headers().firstValue("retry-after").orElse(null));
            }
            throw failure.getCause() instanceof IOException io
                    ? place.unreachable(io)
                    : Broken.passing(String.valueOf(failure.getMessage()));
        }
    }

    private String subscribe() {
        var wanted = new ArrayList<Map<String, String>>();
        for (var channel : place.channels()) {
            var position = positions.get(channel);
            wanted.add(position == null ? Map.of("channel", channel) : Map.of("channel", channel, "after", position));
        }
        return Json.MAPPER.writeValueAsString(Map.of("id", 1, "type", "subscribe", "channels", wanted));
    }

    private void take(JsonNode push, String text, Sink sink, Runnable healthy) throws Broken {
        switch (push.path("type").asString("")) {
            case "ok" -> {
                subscribed(push.path("channels"));
                healthy.run();
            }
            case "message" -> {
                sink.message(push, text);
                positions.put(
                        push.path("channel").asString(""), push.path("position").asString(""));
            }
            case "gap" -> {
                var channel = push.path("channel").asString("");
                sink.gap(
                        channel, push.path("from").asString(""), push.path("to").asString(""));
            }
            case "error" -> throw refusal(push);
            case "drain" -> throw Broken.passing("the server is going away");
            default -> {} // welcome, presence, signals: not what a tail prints
        }
    }

    /** Keeps the positions that the subscriptions begin at, so that a reconnect before the first message loses nothing. */
    private void subscribed(JsonNode channels) throws Broken {
        for (var each : channels) {
            var channel = each.path("channel").asString("");
            if (each.has("error")) {
                var error = each.path("error");
                var why =
                        error.isString() ? error.asString() : error.path("code").asString("refused");
                throw Broken.forever(channel + ": " + why);
            }
            positions.put(channel, each.path("position").asString(""));
        }
    }

    private static Broken refusal(JsonNode error) {
        var reason = error.path("code").asString("refused") + ": "
                + error.path("message").asString("");
        return error.has("retry_after_ms") ? Broken.passing(reason) : Broken.forever(reason);
    }

    private static Broken ended(String line) {
        var parts = List.of(line.split(" ", 3));
        var reason = "closed with " + parts.get(1) + (parts.size() > 2 ? " " + parts.get(2) : "");
        boolean pointless = switch (parts.get(1)) {
            case "4400", "4401", "4403", "4413" -> true;
            default -> false;
        };
        return pointless ? Broken.forever(reason) : Broken.passing(reason);
    }

    /** Puts whole texts in a line; asks for the next only when the reader has taken one, so that at most two wait. */
    private static final class Inbox implements WebSocket.Listener {
        static final String ENDED = "\0ended ";

        final BlockingQueue<String> lines = new ArrayBlockingQueue<>(16);
        private final StringBuilder parts = new StringBuilder();

        @Override
        public void onOpen(WebSocket socket) {
            socket.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                lines.add(parts.toString());
                parts.setLength(0);
            } else {
                socket.request(1);
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket socket, java.nio.ByteBuffer message) {
            lines.offer("");
            return null; // the JDK answers with the pong itself
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            lines.offer(ENDED + code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            lines.offer(ENDED + "1006 " + error.getMessage());
        }
    }
}
