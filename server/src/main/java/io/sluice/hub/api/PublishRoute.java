package io.sluice.hub.api;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.Identity;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.JsonText;
import io.sluice.http.Problem;
import io.sluice.hub.Appended;
import io.sluice.hub.Callers;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Drafts;
import io.sluice.hub.Outcome;
import io.sluice.hub.Payload;
import io.sluice.hub.Position;
import io.sluice.hub.wire.JsonReply;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Publishing one message: to a channel, or to a user's own channel. */
final class PublishRoute {
    private static final String HEADER_PREFIX = "sluice-header-";

    private final ApiRoutes.Context context;

    PublishRoute(ApiRoutes.Context context) {
        this.context = context;
    }

    static void addTo(HttpRoutes routes, ApiRoutes.Context context) {
        var route = new PublishRoute(context);
        routes.add("POST", "/v1/channels/{channel}/messages", exchange -> {
            var channel = Callers.channel(exchange);
            if (channel != null) {
                route.publish(exchange, channel);
            }
        });
        routes.add("POST", "/v1/users/{id}/messages", exchange -> {
            var channel = ChannelName.ofUser(exchange.parameter("id"));
            if (channel != null) {
                route.publish(exchange, channel);
            } else {
                exchange.refuse(Problem.of(ClientError.BAD_CHANNEL, "user:<id> " + ChannelName.RULE));
            }
        });
    }

    private void publish(HttpExchange exchange, ChannelName channel) {
        context.callers()
                .identify(
                        exchange,
                        identity -> exchange.collectBody(
                                (int) context.hub().config().maxMessageSize().bytes(),
                                body -> publish(exchange, channel, identity, bytes(body))));
    }

    private void publish(HttpExchange exchange, ChannelName channel, Identity identity, byte[] body) {
        switch (draft(exchange, identity, body)) {
            case Outcome.Refused<Draft>(var problem) -> exchange.refuse(problem);
            case Outcome.Done<Draft>(var draft) ->
                context.hub()
                        .publish(
                                identity,
                                channel,
                                draft,
                                appended -> exchange.loop().execute(() -> answer(exchange, channel, appended)));
        }
    }

    private void answer(HttpExchange exchange, ChannelName channel, Appended appended) {
        switch (appended) {
            case Appended.Stored(var position, var time) -> created(exchange, channel, position, time);
            case Appended.Replayed(var position, var time) -> {
                exchange.responseHeaders().set("idempotency-replayed", "true");
                created(exchange, channel, position, time);
            }
            case Appended.Refused(var problem) -> exchange.refuse(problem);
        }
    }

    private void created(HttpExchange exchange, ChannelName channel, Position position, Instant time) {
        var before = new Position(position.epoch(), position.offset() - 1);
        exchange.responseHeaders()
                .set(HttpHeaderNames.LOCATION, "/v1/channels/" + channel + "/messages?after=" + before + "&limit=1")
                .set("sluice-position", position.toString());
        var out = context.allocator().directBuffer(192);
        raw(out, "{\"channel\":");
        string(out, channel.value());
        raw(out, ",\"position\":\"" + position + "\",\"time\":\"" + JsonText.time(time) + "\"}");
        JsonReply.send(exchange, 201, out);
    }

    private static Outcome<Draft> draft(HttpExchange exchange, Identity identity, byte[] body) {
        var headers = exchange.headers();
        var ifMatch = headers.get(HttpHeaderNames.IF_MATCH);
        var newest = ifMatch == null ? null : entityTag(ifMatch);
        if (ifMatch != null && newest == null) {
            return new Outcome.Refused<>(
                    Problem.of(ClientError.BAD_CURSOR, "if-match must be one position in double quotes")
                            .with("field", "if-match"));
        }
        var event = headers.get("sluice-event");
        return switch (Payload.of(headers.get(HttpHeaderNames.CONTENT_TYPE), body)) {
            case Outcome.Refused<Payload>(var problem) -> new Outcome.Refused<>(problem);
            case Outcome.Done<Payload>(var payload) ->
                new Outcome.Done<>(new Draft(
                        event == null ? Draft.DEFAULT_EVENT : event,
                        identity.user(),
                        publisherHeaders(exchange),
                        payload,
                        headers.get("idempotency-key"),
                        newest));
        };
    }

    private static @Nullable Position entityTag(String text) {
        boolean quoted = text.length() > 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? Position.parse(text.substring(1, text.length() - 1)) : null;
    }

    private static Map<String, String> publisherHeaders(HttpExchange exchange) {
        Map<String, String> found = new HashMap<>();
        for (var header : exchange.headers()) {
            var name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith(HEADER_PREFIX) && found.size() <= Drafts.MAX_HEADERS) {
                found.put(name.substring(HEADER_PREFIX.length()), header.getValue());
            }
        }
        return found;
    }

    /** Copies and releases a body. */
    static byte[] bytes(ByteBuf body) {
        try {
            return ByteBufUtil.getBytes(body);
        } finally {
            body.release();
        }
    }
}
