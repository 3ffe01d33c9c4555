package io.sluice.hub.api;

import static io.sluice.http.JsonText.raw;
import static io.sluice.http.JsonText.string;

import io.netty.buffer.Unpooled;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.hub.Callers;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Hub;
import io.sluice.hub.Json;
import io.sluice.hub.Outcome;
import io.sluice.hub.Position;
import io.sluice.hub.ReadMarkers;
import io.sluice.hub.wire.JsonReply;
import java.util.List;

/** What else there is about one channel: its state, who is there, signals and read markers. */
final class ChannelRoute {
    private static final int MAX_MARKER_BODY = 1024;

    private final ApiRoutes.Context context;

    private ChannelRoute(ApiRoutes.Context context) {
        this.context = context;
    }

    static void addTo(HttpRoutes routes, ApiRoutes.Context context) {
        var route = new ChannelRoute(context);
        routes.add("GET", "/v1/channels/{channel}", exchange -> route.with(exchange, route::summary));
        routes.add("GET", "/v1/channels/{channel}/presence", exchange -> route.with(exchange, route::presence));
        routes.add("POST", "/v1/channels/{channel}/signals", exchange -> route.with(exchange, route::signal));
        routes.add("GET", "/v1/channels/{channel}/read", exchange -> route.with(exchange, route::marker));
        routes.add("PUT", "/v1/channels/{channel}/read", exchange -> route.with(exchange, route::mark));
    }

    private interface Action {
        void run(HttpExchange exchange, ChannelName channel);
    }

    private void with(HttpExchange exchange, Action action) {
        var channel = Callers.channel(exchange);
        if (channel != null) {
            action.run(exchange, channel);
        }
    }

    private void summary(HttpExchange exchange, ChannelName channel) {
        context.callers()
                .identify(
                        exchange,
                        identity -> context.hub().summary(identity, channel, exchange.loop(), outcome -> {
                            switch (outcome) {
                                case Outcome.Refused<Hub.Summary>(var problem) -> exchange.refuse(problem);
                                case Outcome.Done<Hub.Summary>(var summary) -> {
                                    var out = context.allocator().directBuffer();
                                    raw(out, "{\"channel\":");
                                    string(out, channel.value());
                                    raw(
                                            out,
                                            ",\"subscribers\":" + summary.subscribers() + ",\"newest\":\""
                                                    + summary.newest()
                                                    + "\",\"oldest\":\"" + summary.oldest() + "\",\"messages\":"
                                                    + summary.messages()
                                                    + "}");
                                    JsonReply.send(exchange, 200, out);
                                }
                            }
                        }));
    }

    private void presence(HttpExchange exchange, ChannelName channel) {
        context.callers()
                .identify(
                        exchange,
                        identity -> context.hub().presence(identity, channel, exchange.loop(), outcome -> {
                            switch (outcome) {
                                case Outcome.Refused<List<Hub.Member>>(var problem) -> exchange.refuse(problem);
                                case Outcome.Done<List<Hub.Member>>(var members) -> {
                                    var out = context.allocator().directBuffer();
                                    out.writeByte('{');
                                    JsonReply.presence(out, members);
                                    out.writeByte('}');
                                    JsonReply.send(exchange, 200, out);
                                }
                            }
                        }));
    }

    /** Body {@code {"event":"typing","data":{...}?}}; the event may come as {@code Sluice-Event} with the data as body. */
    private void signal(HttpExchange exchange, ChannelName channel) {
        context.callers()
                .identify(
                        exchange,
                        identity -> exchange.collectBody(
                                (int) context.hub().config().maxMessageSize().bytes(), body -> {
                                    var event = exchange.headers().get("sluice-event");
                                    var bytes = PublishRoute.bytes(body);
                                    var data = bytes.length == 0 ? new byte[] {'n', 'u', 'l', 'l'} : bytes;
                                    if (event == null) {
                                        switch (Json.object(bytes)) {
                                            case Outcome.Refused<Json>(var problem) -> {
                                                exchange.refuse(problem);
                                                return;
                                            }
                                            case Outcome.Done<Json>(var json) -> {
                                                try {
                                                    event = json.requiredText("event");
                                                } catch (Json.WrongMember wrong) {
                                                    exchange.refuse(wrong.problem());
                                                    return;
                                                }
                                                var member = json.raw("data");
                                                data = member == null ? new byte[] {'n', 'u', 'l', 'l'} : member;
                                            }
                                        }
                                    } else {
                                        var malformed = Json.check(data);
                                        if (malformed != null) {
                                            exchange.refuse(malformed);
                                            return;
                                        }
                                    }
                                    context.hub()
                                            .signal(
                                                    identity,
                                                    channel,
                                                    event,
                                                    Json.onOneLine(data),
                                                    problem -> exchange.loop().execute(() -> {
                                                        if (problem == null) {
                                                            exchange.respond(202, Unpooled.EMPTY_BUFFER);
                                                        } else {
                                                            exchange.refuse(problem);
                                                        }
                                                    }));
                                }));
    }

    private void marker(HttpExchange exchange, ChannelName channel) {
        context.callers()
                .identify(
                        exchange,
                        identity -> context.markers()
                                .get(identity, channel, exchange.loop(), outcome -> answer(exchange, outcome)));
    }

    private void mark(HttpExchange exchange, ChannelName channel) {
        context.callers()
                .identify(
                        exchange,
                        identity -> exchange.collectBody(MAX_MARKER_BODY, body -> {
                            switch (Json.object(PublishRoute.bytes(body))) {
                                case Outcome.Refused<Json>(var problem) -> exchange.refuse(problem);
                                case Outcome.Done<Json>(var json) -> {
                                    try {
                                        var position = Position.parse(json.requiredText("position"));
                                        if (position == null) {
                                            exchange.refuse(
                                                    Problem.of(ClientError.BAD_CURSOR, "position is not one of ours")
                                                            .with("field", "position"));
                                            return;
                                        }
                                        context.markers()
                                                .move(
                                                        identity,
                                                        channel,
                                                        position,
                                                        exchange.loop(),
                                                        outcome -> answer(exchange, outcome));
                                    } catch (Json.WrongMember wrong) {
                                        exchange.refuse(wrong.problem());
                                    }
                                }
                            }
                        }));
    }

    private void answer(HttpExchange exchange, Outcome<ReadMarkers.Marker> outcome) {
        switch (outcome) {
            case Outcome.Refused<ReadMarkers.Marker>(var problem) -> exchange.refuse(problem);
            case Outcome.Done<ReadMarkers.Marker>(var marker) -> {
                var out = context.allocator().directBuffer();
                out.writeByte('{');
                JsonReply.marker(out, marker);
                out.writeByte('}');
                JsonReply.send(exchange, 200, out);
            }
        }
    }
}
