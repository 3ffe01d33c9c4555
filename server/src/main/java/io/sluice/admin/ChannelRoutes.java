package io.sluice.admin;

import static io.sluice.admin.Listing.quoted;
import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
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
import io.sluice.hub.Hub;
import io.sluice.hub.HubChannel;
import io.sluice.hub.Outcome;
import io.sluice.hub.Page;
import io.sluice.hub.Payload;
import io.sluice.hub.Position;
import io.sluice.hub.ReadRequest;
import io.sluice.hub.Start;
import io.sluice.hub.wire.JsonReply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The channels that are open, what any channel holds, and publishing to one as the operator. */
public final class ChannelRoutes {
    private static final int HISTORY = 50;

    private final Hub hub;
    private final ByteBufAllocator allocator;
    private final Listing<HubChannel> channels;

    public ChannelRoutes(Hub hub, ByteBufAllocator allocator) {
        this.hub = hub;
        this.allocator = allocator;
        this.channels = new Listing<>(
                "channels", ChannelRoutes::name, ChannelRoutes::name, ChannelRoutes::described, allocator);
    }

    public void addTo(HttpRoutes routes) {
        routes.add("GET", "/v1/admin/channels", exchange -> channels.answer(exchange, hub::openChannels));
        add(routes, "GET", "", this::summary);
        add(routes, "GET", "/messages", this::history);
        add(routes, "POST", "/messages", this::publish);
    }

    private static void add(
            HttpRoutes routes, String method, String path, BiConsumer<HttpExchange, ChannelName> handler) {
        routes.add(method, "/v1/admin/channels/{channel}" + path, exchange -> {
            var channel = Callers.channel(exchange);
            if (channel != null) {
                handler.accept(exchange, channel);
            }
        });
    }

    private void summary(HttpExchange exchange, ChannelName channel) {
        hub.summary(Identity.ANYBODY, channel, exchange.loop(), outcome -> {
            switch (outcome) {
                case Outcome.Refused<Hub.Summary>(var problem) -> exchange.refuse(problem);
                case Outcome.Done<Hub.Summary>(var summary) -> {
                    var out = allocator.directBuffer();
                    out.writeCharSequence("{" + members(summary) + "}", StandardCharsets.UTF_8);
                    JsonReply.send(exchange, 200, out);
                }
            }
        });
    }

    /** The newest publications, or those {@code ?before=} or {@code ?after=} a position; oldest first. */
    private void history(HttpExchange exchange, ChannelName channel) {
        int limit = Listing.limit(exchange, HISTORY);
        if (limit == 0) {
            return;
        }
        var before = exchange.query().first("before");
        var after = exchange.query().first("after");
        var text = before != null ? before : after;
        var position = text == null ? null : Position.parse(text);
        if (text != null && (position == null || (before != null && after != null))) {
            exchange.refuse(Problem.of(ClientError.BAD_CURSOR, "before or after must be one position"));
            return;
        }
        var start = before == null && position != null ? new Start.After(position) : null;
        var request = new ReadRequest(start, before == null ? null : position, limit);
        hub.read(Identity.ANYBODY, channel, request, exchange.loop(), outcome -> answer(exchange, outcome));
    }

    private void answer(HttpExchange exchange, Outcome<Page> outcome) {
        switch (outcome) {
            case Outcome.Refused<Page>(var problem) -> exchange.refuse(problem);
            case Outcome.Done<Page>(var page) -> {
                var out = allocator.directBuffer();
                out.writeByte('{');
                JsonReply.pages(out, List.of(page), page.position().toString(), allocator);
                out.writeByte('}');
                JsonReply.send(exchange, 200, out);
            }
        }
    }

    /** The body is published as on the edge: by its {@code Content-Type}, under {@code Sluice-Event}. */
    private void publish(HttpExchange exchange, ChannelName channel) {
        exchange.collectBody((int) hub.config().maxMessageSize().bytes(), body -> {
            switch (Payload.of(exchange.headers().get(HttpHeaderNames.CONTENT_TYPE), bytes(body))) {
                case Outcome.Refused<Payload>(var problem) -> exchange.refuse(problem);
                case Outcome.Done<Payload>(var payload) ->
                    hub.publish(
                            Identity.ANYBODY,
                            channel,
                            draft(exchange.headers().get("sluice-event"), payload),
                            appended -> exchange.loop().execute(() -> answer(exchange, channel, appended)));
            }
        });
    }

    private static Draft draft(@Nullable String event, Payload payload) {
        return new Draft(event == null ? Draft.DEFAULT_EVENT : event, null, Map.of(), payload, null, null);
    }

    private void answer(HttpExchange exchange, ChannelName channel, Appended appended) {
        switch (appended) {
            case Appended.Stored(var position, var time) -> created(exchange, channel, position, JsonText.time(time));
            case Appended.Replayed(var position, var time) -> created(exchange, channel, position, JsonText.time(time));
            case Appended.Refused(var problem) -> exchange.refuse(problem);
        }
    }

    private void created(HttpExchange exchange, ChannelName channel, Position position, String time) {
        Audit.line(exchange, "publish", "channel=" + channel + " position=" + position);
        var out = allocator.directBuffer();
        raw(out, "{\"channel\":\"" + channel + "\",\"position\":\"" + position + "\",\"time\":\"" + time + "\"}");
        JsonReply.send(exchange, 201, out);
    }

    private static byte[] bytes(ByteBuf body) {
        try {
            return ByteBufUtil.getBytes(body);
        } finally {
            body.release();
        }
    }

    private static String name(HubChannel channel) {
        return channel.name().value();
    }

    private static String described(HubChannel channel) {
        return "{" + members(Hub.summary(channel)) + ",\"behind\":" + channel.behind() + "}";
    }

    private static String members(Hub.Summary summary) {
        return "\"channel\":" + quoted(summary.channel().value()) + ",\"subscribers\":" + summary.subscribers()
                + ",\"newest\":" + quoted(summary.newest().toString()) + ",\"oldest\":"
                + quoted(summary.oldest().toString()) + ",\"messages\":" + summary.messages();
    }
}
