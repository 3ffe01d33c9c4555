package io.sluice.hub.transport;

import static io.sluice.http.JsonText.raw;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.sluice.auth.Grants;
import io.sluice.auth.Identity;
import io.sluice.auth.Verb;
import io.sluice.config.HookConfig;
import io.sluice.http.ClientError;
import io.sluice.http.HttpExchange;
import io.sluice.http.HttpRoutes;
import io.sluice.http.Problem;
import io.sluice.hub.Appended;
import io.sluice.hub.ChannelName;
import io.sluice.hub.Draft;
import io.sluice.hub.Json;
import io.sluice.hub.Outcome;
import io.sluice.hub.Payload;
import io.sluice.hub.Position;
import io.sluice.hub.transport.WebhookMetrics.Received;
import io.sluice.hub.wire.JsonReply;
import io.sluice.limit.Share;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/hooks/{name}}: what a provider sends becomes a publication of the hook's channel, once per event: the event's id
 * is the publication's idempotency key. Answered when that is as durable as its namespace promises.
 */
final class WebhookReceiver {
    private final Transports.Context context;
    private final WebhookMetrics metrics;

    private record Hook(
            String name, ChannelName channel, String eventSource, WebhookSignature signature, Identity identity) {
        static Hook of(String name, HookConfig config) {
            var grant = new Grants.Grant(config.channel(), Set.of(Verb.PUBLISH));
            var key = "hook:" + name;
            return new Hook(
                    name,
                    new ChannelName(config.channel()),
                    config.eventSource(),
                    new WebhookSignature(config),
                    new Identity(null, key, new Grants(List.of(grant)), null, null, key, Share.UNBOUNDED));
        }
    }

    WebhookReceiver(Transports.Context context, WebhookMetrics metrics) {
        this.context = context;
        this.metrics = metrics;
    }

    void addTo(HttpRoutes routes) {
        routes.add("POST", "/v1/hooks/{name}", this::receive);
    }

    private void receive(HttpExchange exchange) {
        var name = exchange.parameter("name");
        var config = context.webhooks().get().in().get(name);
        if (config == null) {
            exchange.refuse(Problem.of(ClientError.NOT_FOUND, "there is no such hook"));
            return;
        }
        var hook = Hook.of(name, config);
        if (!isJson(exchange.headers().get(HttpHeaderNames.CONTENT_TYPE))) {
            metrics.received(Received.REFUSED);
            exchange.refuse(Problem.of(
                    ClientError.UNSUPPORTED_MEDIA,
                    "only application/json is taken; at GitHub choose it as the webhook's content type"));
            return;
        }
        exchange.collectBody((int) context.hub().config().maxMessageSize().bytes(), body -> {
            byte[] bytes;
            try {
                bytes = ByteBufUtil.getBytes(body);
            } finally {
                body.release();
            }
            receive(exchange, hook, bytes);
        });
    }

    private void receive(HttpExchange exchange, Hook hook, byte[] body) {
        var full = context.callers().mayCheckSignature(exchange);
        if (full != null) {
            metrics.received(Received.REFUSED);
            exchange.refuse(full);
            return;
        }
        long seconds = Math.floorDiv(context.hub().clock().millis(), 1000L);
        var wrong = hook.signature.problem(exchange.headers(), body, seconds);
        if (wrong != null) {
            metrics.received(Received.BAD_SIGNATURE);
            exchange.responseHeaders().set(HttpHeaderNames.WWW_AUTHENTICATE, "Signature");
            exchange.refuse(Problem.of(ClientError.UNAUTHENTICATED, wrong));
            return;
        }
        var identity = context.callers().signed(exchange, hook.identity);
        switch (draft(exchange, hook, body)) {
            case Outcome.Refused<Draft>(var problem) -> {
                metrics.received(Received.REFUSED);
                exchange.refuse(problem);
            }
            case Outcome.Done<Draft>(var draft) ->
                context.hub()
                        .publish(
                                identity,
                                hook.channel,
                                draft,
                                appended -> exchange.loop().execute(() -> answer(exchange, appended)));
        }
    }

    private static Outcome<Draft> draft(HttpExchange exchange, Hook hook, byte[] body) {
        Json json;
        switch (Json.object(body)) {
            case Outcome.Refused<Json>(var problem) -> {
                return new Outcome.Refused<>(problem);
            }
            case Outcome.Done<Json>(var object) -> json = object;
        }
        try {
            var id = hook.signature.id(exchange.headers());
            if (id == null) {
                id = json.text("id");
            }
            if (id == null || !WebhookSignature.isId(id)) {
                return new Outcome.Refused<>(Problem.of(
                                ClientError.BAD_REQUEST,
                                "the event's id must be 1 to 180 visible ASCII characters, and it must be there")
                        .with("field", "id"));
            }
            var event = event(exchange, hook.eventSource, json);
            if (event == null) {
                return new Outcome.Refused<>(
                        Problem.of(ClientError.BAD_REQUEST, "the event's name is missing: " + hook.eventSource)
                                .with("field", "event"));
            }
            var payload = Payload.json(Json.onOneLine(body));
            return new Outcome.Done<>(new Draft(event, null, Map.of(), payload, "hook:" + hook.name + ":" + id, null));
        } catch (Json.WrongMember wrong) {
            return new Outcome.Refused<>(wrong.problem());
        }
    }

    private static @Nullable String event(HttpExchange exchange, String source, Json json) {
        if (source.startsWith("header:")) {
            return exchange.headers().get(source.substring("header:".length()));
        }
        return source.startsWith("json:") ? json.text(source.substring("json:".length())) : source;
    }

    private void answer(HttpExchange exchange, Appended appended) {
        switch (appended) {
            case Appended.Stored(var position, var time) -> {
                metrics.received(Received.STORED);
                taken(exchange, position);
            }
            case Appended.Replayed(var position, var time) -> {
                metrics.received(Received.REPLAYED);
                exchange.responseHeaders().set("idempotency-replayed", "true");
                taken(exchange, position);
            }
            case Appended.Refused(var problem)
            when problem.error() == ClientError.IDEMPOTENCY_MISMATCH -> {
                // The same event again: some providers count their attempts in the body.
                metrics.received(Received.REPLAYED);
                exchange.responseHeaders().set("idempotency-replayed", "true");
                taken(exchange, null);
            }
            case Appended.Refused(var problem) -> {
                metrics.received(Received.REFUSED);
                exchange.refuse(problem);
            }
        }
    }

    private void taken(HttpExchange exchange, @Nullable Position position) {
        var out = context.allocator().directBuffer(64);
        raw(out, position == null ? "{}" : "{\"position\":\"" + position + "\"}");
        JsonReply.send(exchange, 200, out);
    }

    private static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        int parameters = contentType.indexOf(';');
        var media = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .trim()
                .toLowerCase(Locale.ROOT);
        return media.equals("application/json") || media.endsWith("+json");
    }
}
